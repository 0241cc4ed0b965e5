"""What must hold of the files of this repository themselves."""

import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, own_files

LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
# In two parts each, so that this file is none of those it looks for.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("proxy.golang", "org"),
            ("docker", "io"),
            ("ghcr", "io"),
            ("unpkg", "com"),
            ("jsdelivr", "net"),
        )
    )
)


def texts() -> Iterator[tuple[Path, str]]:
    for file in own_files():
        try:
            yield file, (ROOT / file).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_registry() -> None:
    assert [str(file) for file, text in texts() if REGISTRIES.search(text)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text().replace("\\\n", "").splitlines()
    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9.-]+==\S+\s+--hash=sha256:[0-9a-f]{64}", package), package[:80]
    assert not [line for line in lines if line.startswith("-") or "://" in line.split("--hash")[0]]


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_lock_of_the_front_end_has_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        if name and not package.get("link"):
            assert package.get("integrity", "").startswith("sha512-"), name
            assert "resolved" not in package, name


@pytest.mark.parametrize(
    "path", [".env", "vestibule.db", "vestibule.db-wal", "vestibule.demo.json", "screenshots/home.png"]
)
def test_git_sees_no_secrets_and_no_databases(path: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    ignored = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_every_file_of_code_begins_by_saying_what_it_is_for() -> None:
    silent = []
    for file, text in texts():
        if file.suffix == ".py" and text.strip():
            said = text.startswith('"""')
        elif file.suffix in {".ts", ".css"} and not file.name.endswith((".d.ts", ".test.ts")):
            said = text.startswith(("//", "/*"))
        elif file.suffix in {".yaml", ".yml", ".toml"} or file.name in {"Makefile", "Dockerfile"}:
            said = text.startswith("#")
        else:
            continue
        if not said:
            silent.append(str(file))
    assert silent == []


def test_the_check_of_every_change_can_be_executed() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR
