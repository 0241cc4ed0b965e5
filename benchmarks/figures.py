"""What was measured: as a table to read, as JSON to keep, and as the README's section of figures.

`python -m benchmarks.figures` writes that section anew from the figures that are kept.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).with_name("figures.json")
README = ROOT / "README.md"


BUSY = 1.0
"""The load of a machine from which on figures say less about the server than about others."""


@dataclass(frozen=True)
class Size:
    """How much is measured, and for how long."""

    rate_seconds: int
    reference_seconds: int
    entry_workspaces: int
    waiting: int
    doorbells: int
    guests_beside_doorbells: int
    decisions: int
    decisions_a_second: int
    first_frames: int
    crowd: int
    rounds: int
    changes: int


FULL = Size(
    rate_seconds=10,
    reference_seconds=4,
    entry_workspaces=20,
    waiting=10_000,
    doorbells=5_000,
    guests_beside_doorbells=1_000,
    decisions=1_000,
    decisions_a_second=50,
    first_frames=15,
    crowd=30,
    rounds=8,
    changes=50,
)
QUICK = Size(
    rate_seconds=3,
    reference_seconds=1,
    entry_workspaces=5,
    waiting=1_000,
    doorbells=500,
    guests_beside_doorbells=200,
    decisions=150,
    decisions_a_second=50,
    first_frames=3,
    crowd=20,
    rounds=3,
    changes=10,
)


@dataclass(frozen=True)
class Figure:
    """One thing that was measured. `reference` is what stands beside it; `least`, `most` and `most_ratio` are aims."""

    name: str
    says: str
    value: float
    unit: str = ""
    reference: float | None = None
    least: float | None = None
    most: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def aim(self) -> str:
        if self.least is not None:
            return f"≥ {self._said(self.least)}"
        if self.most_ratio is not None:
            return f"≤ {count(self.most_ratio)} ×"
        return f"≤ {self._said(self.most)}" if self.most is not None else ""

    @property
    def reached(self) -> bool:
        """Whether its aim is reached; what has none reaches it."""
        return (
            (self.least is None or self.value >= self.least)
            and (self.most is None or self.value <= self.most)
            and (self.most_ratio is None or self.ratio is None or self.ratio <= self.most_ratio)
        )

    @property
    def amount(self) -> str:
        return self._said(self.value)

    def _said(self, value: float) -> str:
        return " ".join(filter(None, (count(value), self.unit)))


def count(value: float) -> str:
    """A number as people read it: as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(figures: Iterable[Figure]) -> str:
    rows = [("", "measured", "reference", "ratio", "aim", "")]
    for figure in figures:
        rows.append(
            (
                figure.says,
                figure.amount,
                count(figure.reference) if figure.reference else "",
                f"{figure.ratio:.2f}" if figure.ratio else "",
                figure.aim,
                ("reached" if figure.reached else "NOT REACHED") if figure.aim else "",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0])] + [row[column].rjust(widths[column]) for column in range(1, 5)] + [row[5]]
        ).rstrip()
        for row in rows
    )


def machine(folder: Path) -> dict[str, Any]:
    """What the figures depend on. `folder` is where the database lies."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "fsyncs_a_second": round(_fsyncs_a_second(folder)),
        "python": platform.python_version(),
        "aiohttp": version("aiohttp"),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _fsyncs_a_second(folder: Path) -> float:
    """How often a second this disk takes 4 KiB for good: each commit costs that."""
    file = folder / "fsync"
    done, begun = 0, time.monotonic()
    with file.open("wb") as out:
        while time.monotonic() - begun < 0.5:
            out.write(bytes(4096))
            out.flush()
            os.fsync(out.fileno())
            done += 1
    file.unlink()
    return done / (time.monotonic() - begun)


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def keep(path: Path, facts: dict[str, Any], figures: Iterable[Figure]) -> None:
    path.parent.mkdir(exist_ok=True)
    said = {"machine": facts, "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def kept() -> tuple[dict[str, Any], list[Figure]]:
    """The machine and the figures that the README shows."""
    said = json.loads(KEPT.read_text(encoding="utf-8"))
    return said["machine"], [Figure(**figure) for figure in said["figures"]]


# the README

SHOWN = (
    "knocks",
    "entries",
    "waiting",
    "waiting-ready",
    "waiting-back",
    "decision-p99",
    "doorbells",
    "ring-p99",
    "answer-p99",
    "doorbells-back",
    "memory-guest",
    "memory-doorbell",
    "first-frame",
    "flood",
    "flood-others-p99",
    "mute",
    "mute-last",
    "keep-off",
    "keep-off-last",
    "setup-p50",
    "setup-p99",
)
"""The others stand in figures.json."""

BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def readme_table() -> str:
    """The kept figures as the README shows them."""
    facts, figures = kept()
    rows = ["| | measured | beside it | ratio | aim |", "|---|---:|---:|---:|---:|"]
    for figure in (each for each in figures if each.name in SHOWN):
        reference = count(figure.reference) if figure.reference else ""
        ratio = f"{figure.ratio:.2f}" if figure.ratio else ""
        missed = "" if figure.reached else ": not reached"
        rows.append(f"| {figure.says} | {figure.amount} | {reference} | {ratio} | {figure.aim}{missed} |")
    place = (
        f"Measured on {facts['date']}: {facts['processor']}, {facts['cores']} cores, Python {facts['python']},"
        f" aiohttp {facts['aiohttp']}, a disk that syncs {facts['fsyncs_a_second']:,} times a second."
    )
    if facts["load_before"] > BUSY:
        place += f" Others used the machine, too (load {facts['load_before']}): times are longer than they would be."
    return "\n".join([*rows, "", place, ""])


def write_readme() -> None:
    """Put the kept figures between the README's two marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}{readme_table()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write_readme()
