"""This checkout's own files, for tests that look at all of them or need a copy."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = "signal_server/static/build"
MADE_HERE = {".git", ".venv", ".tools", "node_modules", "build", "screenshots", "__pycache__", "dist", "var"}
SECRETS = (".env", ".db", ".db-shm", ".db-wal", ".demo.json")


def own_files() -> Iterator[Path]:
    """Every file that is written by people and kept, as seen from the root of the checkout."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE_HERE and not name.endswith("_cache")]
        for file in files:
            if not file.endswith(SECRETS):
                yield Path(folder, file).relative_to(ROOT)


def copy_to(folder: Path, made: tuple[str, ...] = ()) -> Path:
    """A copy as git would make it; what was installed and built here is lent to it, not made again."""
    for file in own_files():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / file)
    for name in made:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
    return folder


def needs_what_make_tools_makes() -> None:
    """Skip where the front-end or the packages are not those of these sources: `make test` makes them first."""
    fresh = subprocess.run(["make", "--question", "python", "web"], cwd=ROOT, capture_output=True, check=False)
    if fresh.returncode:
        pytest.skip("the checkout has changed since `make tools`")
