"""Nothing that was answered is lost when the server is killed: 20 rounds here, more by `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

from tests.killing.rounds import house

ROUNDS = 20


async def test_nothing_answered_is_lost_when_the_server_is_killed_at_any_moment(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # pytest shows it when the test fails
    async with house(tmp_path, seed) as everybody:
        rounds = [await everybody.round() for _ in range(ROUNDS)]
    # The kills came while people acted: otherwise this test would show nothing.
    assert sum(each.answered for each in rounds) > 10 * ROUNDS
    assert sum(each.unanswered for each in rounds) > ROUNDS
