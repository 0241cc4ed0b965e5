"""The image and docker-compose.yml fit the code: files, commands, settings, ports, addresses."""

import json
import re
from typing import Any
from unittest.mock import Mock

import pytest
import yaml

from local import livekit
from signal_server.app import SHUTDOWN_SECONDS
from signal_server.config import Settings, setting_names
from tests.house.checkout import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVER = COMPOSE["services"]["vestibule"]
LIVEKIT = COMPOSE["services"]["livekit"]
CADDY = COMPOSE["services"]["caddy"]
CADDYFILE = (ROOT / "Caddyfile").read_text()
OBSERVER = COMPOSE["services"]["observer"]
LIVEKIT_YAML: dict[str, Any] = yaml.safe_load((ROOT / "livekit.yaml").read_text())


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with its words, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def the_image(word: str) -> str:
    """The words of the last such instruction: that of the image that runs."""
    return [words for instruction, words in instructions() if instruction == word][-1]


def image_settings() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", the_image("ENV")))


def test_the_image_copies_only_what_is_there() -> None:
    stages = {words.split()[-1] for instruction, words in instructions() if instruction == "FROM" and " AS " in words}
    for instruction, words in instructions():
        if instruction == "COPY":
            *sources, _target = [word for word in words.split() if not word.startswith("--")]
            stage = re.match(r"--from=(\S+)", words)
            if stage:
                assert stage[1] in stages
            else:
                assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_leaves_secrets_and_databases_out() -> None:
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "**/*.db*"} <= set(left_out)
    assert not {"admission", "signal_server", "templates", "web"} & set(left_out)


def test_the_image_runs_the_server_as_nobody_in_particular() -> None:
    assert json.loads(the_image("CMD")) == ["vestibule", "serve"]
    assert the_image("USER") == "vestibule"
    assert ("RUN", "useradd --system --uid 10001 --home-dir /data --create-home vestibule") in instructions()


def test_the_image_and_compose_set_only_settings_that_exist() -> None:
    known = {*setting_names(), "PATH", "PYTHONUNBUFFERED"}
    assert set(image_settings()) <= known
    assert set(SERVER["environment"]) <= known


def test_the_image_keeps_its_database_on_the_volume_that_compose_gives_it() -> None:
    assert the_image("VOLUME") == the_image("WORKDIR") == "/data"
    assert image_settings()["VESTIBULE_DATABASE_URL"] == "sqlite:////data/vestibule.db"
    assert SERVER["volumes"] == ["data:/data"]
    assert "data" in COMPOSE["volumes"]


@pytest.mark.parametrize(
    ("host", "asked"), [("0.0.0.0", "0.0.0.0"), ("192.0.2.7", "192.0.2.7"), ("fd00::7", "[fd00::7]")]
)
def test_the_image_asks_itself_how_it_is_where_it_listens(
    monkeypatch: pytest.MonkeyPatch, host: str, asked: str
) -> None:
    program = json.loads(the_image("HEALTHCHECK").split("CMD", 1)[1])[-1]
    called = Mock()
    monkeypatch.setattr("urllib.request.urlopen", called)
    monkeypatch.setenv("VESTIBULE_HOST", host)
    monkeypatch.setenv("VESTIBULE_PORT", "8080")
    exec(program, {})
    called.assert_called_once_with(f"http://{asked}:8080/readyz", timeout=4)
    assert {"VESTIBULE_HOST", "VESTIBULE_PORT"} <= set(image_settings())
    assert the_image("EXPOSE") == image_settings()["VESTIBULE_PORT"] == str(Settings.model_fields["port"].default)


def test_compose_gives_the_server_the_time_that_it_takes_to_stop() -> None:
    assert int(SERVER["stop_grace_period"].removesuffix("s")) >= 2 * SHUTDOWN_SECONDS


def test_compose_has_all_that_the_server_needs() -> None:
    needed = {
        name for name in setting_names() if Settings.model_fields[name.removeprefix("VESTIBULE_").lower()].is_required()
    }
    assert needed <= set(SERVER["environment"])


def test_server_and_livekit_find_each_other() -> None:
    server, environment = SERVER, SERVER["environment"]
    assert server["network_mode"] == LIVEKIT["network_mode"] == "host"
    assert environment["LIVEKIT_URL"] == f"http://127.0.0.1:{LIVEKIT_YAML['port']}"
    here = f"http://{environment['VESTIBULE_HOST']}:{environment['VESTIBULE_PORT']}"
    assert LIVEKIT_YAML["webhook"]["urls"] == [f"{here}/livekit/webhook"]


def test_caddy_stands_before_both_on_one_origin() -> None:
    server, caddy = SERVER["environment"], CADDY["environment"]
    public = "${VESTIBULE_PUBLIC_URL:-http://127.0.0.1:8000}"
    assert server["VESTIBULE_PUBLIC_URL"] == server["LIVEKIT_PUBLIC_URL"] == caddy["VESTIBULE_PUBLIC_URL"] == public
    for name in ("VESTIBULE_PORT", "LIVEKIT_URL"):
        assert caddy[name] == server[name]
    assert CADDY["network_mode"] == "host"
    assert server["VESTIBULE_TRUSTED_PROXIES"] == server["VESTIBULE_HOST"] == "127.0.0.1"


def test_caddy_is_given_the_shipped_file_with_all_that_it_reads() -> None:
    assert CADDY["volumes"] == ["./Caddyfile:/etc/caddy/Caddyfile:ro", "certificates:/data"]
    assert set(re.findall(r"\{\$(\w+)", CADDYFILE)) == set(CADDY["environment"])
    # Its defaults are those of a server started by hand.
    for name, default in re.findall(r"\{\$(VESTIBULE_PORT|LIVEKIT_URL):([^}]+)\}", CADDYFILE):
        assert default == SERVER["environment"][name]
    version = re.search(r"^CADDY_VERSION := v(\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert CADDY["image"] == f"caddy:{version[1]}"


def test_the_observer_runs_beside_the_server_on_its_database_with_its_settings() -> None:
    assert OBSERVER["command"] == ["vestibule", "observe"]
    own = {"command", "healthcheck", "depends_on"}
    assert {key: value for key, value in OBSERVER.items() if key not in own} == SERVER


def test_livekit_is_given_the_shipped_file_and_the_servers_keys() -> None:
    assert LIVEKIT["volumes"] == ["./livekit.yaml:/etc/livekit.yaml:ro"]
    assert LIVEKIT["command"] == ["--config", "/etc/livekit.yaml"]
    wanted = livekit.environment(key="${LIVEKIT_API_KEY}", secret="${LIVEKIT_API_SECRET}", configuration="")
    del wanted["LIVEKIT_CONFIG"]
    assert LIVEKIT["environment"] == wanted


def test_one_version_of_livekit_everywhere() -> None:
    version = re.search(r"^LIVEKIT_VERSION := (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert LIVEKIT["image"] == livekit.IMAGE == f"livekit/livekit-server:{version[1]}"


def test_no_secret_stands_in_a_file() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if "KEY" in name or "SECRET" in name:
                assert re.fullmatch(r"(\$\{LIVEKIT_API_(KEY|SECRET)(:\?[^}]*)?\}(: )?)+", value), name
