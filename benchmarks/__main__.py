"""`make bench`: measures everything, or the parts that are named, and prints the figures."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks import figures, flood, held, muting, observing, rates
from benchmarks.figures import FULL, QUICK, Figure, Size
from benchmarks.first_frame import first_frame
from benchmarks.place import ROOT, Place, open_place

PARTS: dict[str, Callable[[Place, Size], list[Figure]]] = {
    "knocks": rates.knocks,
    "entries": rates.entries,
    "waiting": held.held(held.waiting),
    "doorbells": held.held(held.doorbells),
    "flood": held.held(flood.flood),
    "muting": held.held(muting.muting),
    "setups": held.held(muting.setups),
    "first-frame": first_frame,
    "observer": observing.observing,
}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("part", nargs="*", help=f"what to measure: {', '.join(PARTS)} (everything, if none is named)")
    options.add_argument("--quick", action="store_true", help="smaller and shorter, for trying: its figures say little")
    options.add_argument("--keep", action="store_true", help="make them the figures that the README shows")
    chosen = options.parse_args()
    if unknown := set(chosen.part) - PARTS.keys():
        options.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if chosen.keep and (chosen.quick or chosen.part):
        options.error("only a whole run is kept")
    if shutil.which("wrk") is None:
        print("wrk is missing: it sends the calls. Debian, Ubuntu: apt install wrk · macOS: brew install wrk")
        return 1
    # A polite end is an end by `finally`, too: no process and no file of ours stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    size = QUICK if chosen.quick else FULL
    measured: list[Figure] = []
    begun = time.monotonic()
    with open_place() as place:
        facts = figures.machine(place.folder)
        if facts["load_before"] > figures.BUSY:
            print(f"Others use this machine: its load is {facts['load_before']}. Times will be longer than they are.")
        for name in chosen.part or PARTS:
            print(f"· {name}", flush=True)
            measured += PARTS[name](place, size)
    print()
    print(figures.table(measured))
    print(f"\n{facts['processor']}, {facts['cores']} cores; {time.monotonic() - begun:.0f} s")
    if chosen.keep:
        figures.keep(figures.KEPT, facts, measured)
        figures.write_readme()
    else:
        file = ROOT / "bench-results" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
        figures.keep(file, facts, measured)
        print(file.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
