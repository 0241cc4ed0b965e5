"""`make soak`: kill the server again and again, and say what came of it."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.killing.rounds import house


async def soak(rounds: int, seed: int) -> None:
    begun, answered, unanswered = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="vestibule-soak-") as folder:
        async with house(Path(folder), seed) as everybody:
            for number in range(1, rounds + 1):
                try:
                    done = await everybody.round()
                except AssertionError as error:
                    raise SystemExit(f"\nround {number}, seed {seed}: {error}") from error
                answered += done.answered
                unanswered += done.unanswered
                passed = time.monotonic() - begun
                print(
                    f"\r{number} of {rounds} rounds, {passed / 60:.0f} min, about"
                    f" {passed / number * (rounds - number) / 60:.0f} to go ",
                    end="",
                    flush=True,
                )
    print(
        f"\n{datetime.now(UTC):%Y-%m-%d}, seed {seed}: killed {rounds} times, {answered} calls answered and all of"
        f" them so, {unanswered} in hand when it was killed, {(time.monotonic() - begun) / 60:.0f} min"
    )


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.killing", description=__doc__)
    options.add_argument("--rounds", type=int, default=1000)
    options.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    chosen = options.parse_args()
    # A polite end is an end by `finally`, too: no process of ours stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    asyncio.run(soak(chosen.rounds, chosen.seed))


if __name__ == "__main__":
    main()
