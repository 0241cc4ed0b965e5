"""The wheel holds all that runs: installed into an empty environment, started from an empty folder."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.checkout import BUILT, ROOT, needs_what_make_tools_makes
from tests.livekit_server import LiveKitServer, free_port


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_what_make_tools_makes()
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("vestibule-*.whl"))


@pytest.fixture(scope="module")
def vestibule(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, from the wheel and the packages of requirements.lock, with nothing of the checkout."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    install = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "--quiet"]
    install += ["--disable-pip-version-check", "--no-deps", "--no-compile"]
    subprocess.run([*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*install, str(wheel)], check=True)
    return environment / "bin" / "vestibule"


@pytest.fixture
def served(vestibule: Path, livekit: LiveKitServer, tmp_path: Path) -> Iterator[str]:
    """The address of `vestibule serve`, started in an empty folder."""
    port = free_port()
    process = subprocess.Popen(
        [str(vestibule), "serve"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "VESTIBULE_PORT": str(port),
            "LIVEKIT_URL": livekit.url,
            "LIVEKIT_API_KEY": livekit.key,
            "LIVEKIT_API_SECRET": livekit.secret,
        },
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert fetch(f"{address}/readyz")[0] == 200
                break
            except OSError:
                assert process.poll() is None, "it ended at once"
                assert time.monotonic() < deadline, "it does not answer"
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


def fetch(url: str, **headers: str) -> tuple[int, str, str]:
    """Status, type and text of an address."""
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read().decode("utf-8", "replace")


def test_it_carries_every_template_catalogue_and_built_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"signal_server/{file.relative_to(ROOT)}" for file in ROOT.glob("templates/**/*.html")}
    wanted |= {str(file.relative_to(ROOT)) for file in ROOT.glob("signal_server/catalogues/*.po")}
    built = [file for file in (ROOT / BUILT).rglob("*") if file.is_file() and not file.name.startswith(".")]
    wanted |= {str(file.relative_to(ROOT)) for file in built}
    assert f"{BUILT}/manifest.json" in wanted
    assert wanted - inside == set()
    assert [name for name in inside if name.startswith(("tests/", "local/", "web/"))] == []


def test_it_serves_its_pages_scripts_and_both_languages(served: str) -> None:
    status, kind, page = fetch(f"{served}/", Accept_Language="en")
    assert (status, kind) == (200, "text/html")
    assert "Sign in" in page
    assert "Se connecter" in fetch(f"{served}/", Accept_Language="fr")[2]
    scripts = re.findall(r'(?:src|href)="(/static/build/[^"]+\.(?:js|css))"', page)
    assert {Path(script).suffix for script in scripts} == {".js", ".css"}
    for script in scripts:
        status, kind, text = fetch(served + script)
        assert status == 200
        assert kind.endswith(Path(script).suffix.replace(".js", "javascript").lstrip("."))
        assert text


def test_its_commands_make_people_whose_links_open(vestibule: Path, served: str, tmp_path: Path) -> None:
    demo = subprocess.run(
        [str(vestibule), "demo"], cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin"}
    )
    slug = re.findall(r"/m/(\S+)", demo.stdout)[0]
    assert fetch(f"{served}/m/{slug}")[0] == 200
