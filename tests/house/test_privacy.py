"""docs/privacy.md tells of every column: a new one fails here until somebody says whether it is personal."""

from __future__ import annotations

import re

import pytest

from admission.store.sqlite import connect
from signal_server.config import setting_names
from tests.house.checkout import ROOT

PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL)
NOT_OURS = ("sqlite_", "_sqlite_")


def schema() -> dict[str, list[str]]:
    """The columns of each table, as a new database has them."""
    db = connect(":memory:")
    return {
        table.name: [column.name for column in table.columns]
        for table in db.tables
        if not table.name.startswith(NOT_OURS)
    }


def told(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \| (?:personal|no) \|", section, re.MULTILINE)


def test_each_table_is_told_of_once() -> None:
    assert sorted(table for table, _ in SECTIONS) == sorted(schema())


@pytest.mark.parametrize(("table", "section"), SECTIONS, ids=[table for table, _ in SECTIONS])
def test_each_column_is_said_to_be_personal_or_not(table: str, section: str) -> None:
    assert told(section) == schema()[table]


@pytest.mark.parametrize(
    "column",
    ["account.name", "account.email", "seat.name", "knock.name", "knock.message", "knock.reason", "observed.identity"],
)
def test_what_tells_who_somebody_was_is_personal(column: str) -> None:
    table, name = column.split(".")
    assert f"| `{name}` | personal |" in dict(SECTIONS)[table]


def test_the_settings_that_it_names_are_settings() -> None:
    named = set(re.findall(r"`(VESTIBULE_\w+)`", PAGE))
    assert named == {"VESTIBULE_KEEP_KNOCKS_DAYS", "VESTIBULE_KEEP_MEETINGS_DAYS"}
    assert named <= set(setting_names())


def test_a_column_without_a_line_is_found() -> None:
    section = dict(SECTIONS)["pulse"]
    assert told(section.replace("| `at` | no | |", "")) != schema()["pulse"]
    assert told(section.replace("| `at` | no | |", "| `at` | perhaps | |")) != schema()["pulse"]
