"""The README says what the code does: settings and their defaults, commands, files."""

import re
import shlex

import click
import pytest
from pydantic_core import PydanticUndefined

from local import run
from signal_server.cli import vestibule
from signal_server.config import Settings, setting_names
from tests.house.checkout import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
# What the table says in words, because the default depends on other settings or there is none.
IN_WORDS = {
    "VESTIBULE_PUBLIC_URL": "host and port, on this machine",
    "VESTIBULE_TRUSTED_PROXIES": "none",
    "LIVEKIT_PUBLIC_URL": "`LIVEKIT_URL`, as ws or wss",
}


def the_settings_table() -> dict[str, str]:
    section = README.split("## Settings")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE))


def default_of(name: str) -> str:
    field = Settings.model_fields[name.removeprefix("VESTIBULE_").lower()]
    if field.default is PydanticUndefined:
        return "none: needed"
    return IN_WORDS.get(name) or f"`{field.default}`"


def test_the_table_names_every_setting_in_order_with_its_default() -> None:
    assert the_settings_table() == {name: default_of(name) for name in setting_names()}


def test_the_ports_of_make_run_are_those_it_uses() -> None:
    settings = Settings(
        _env_file=None,
        livekit_url="http://127.0.0.1:7880",
        livekit_api_key="key",
        livekit_api_secret="a secret of at least 32 characters",
    )
    for port in run.ports_of(settings, {}):
        name = port.setting.split("=")[0]
        assert name in README
        if name.startswith("LIVEKIT_RTC"):
            assert f"`{name}` ({port.number})" in README


def test_every_file_and_folder_it_names_is_there() -> None:
    named = set(re.findall(r"`([\w./-]+/|[\w-]+\.(?:yml|yaml|toml|lock))`", README))
    named |= set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
    assert "docker-compose.yml" in named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_make_command_it_names_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)\b`", README)) | {"run", "test"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_it_names_is_one_with_those_options() -> None:
    for line in re.findall(r"(?:^|`|\| )(vestibule [a-z][^`\n]*)", README, re.MULTILINE):
        words = shlex.split(line)[1:]
        command: click.Command = vestibule
        while isinstance(command, click.Group):
            assert words, line
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


@pytest.mark.parametrize("document", ["guarantees.md", "threat-model.md"])
def test_every_test_that_a_promise_rests_on_is_there(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(named) == text.count("::test_") > 20
    missing = [
        f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
