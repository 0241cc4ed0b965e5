"""Every state in which the page of a link can be, in both languages and both themes, as axe-core sees it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.people import Person, axe
from tests.browser.server import ROOT
from tests.browser.test_visit import ask, door

State = dict[str, Any]
"""What is not as it was while the visitor waited."""

IN: State = {"wasIn": True}
LET_IN: State = {"knock": {"state": "admitted"}}
MEMBER: State = {"account": {"id": "a", "name": "Colin Reyes"}, "knock": None}


def trouble(name: str) -> State:
    return {"trouble": {"name": name, "detail": "", "errors": [], "retry_after": None}}


STATES: dict[str, list[State]] = {
    "unreachable": [{"seconds": 5}, {}],
    "prejoin": [
        {},
        LET_IN,
        MEMBER,
        trouble("unreachable"),
        {**trouble("too-many-requests"), "seconds": 5},
    ],
    "waiting": [
        *({"knock": {"reach": reach}} for reach in ("nobody", "ringing", "seen")),
        {"knock": {"held": True, "reply": "Two minutes."}},
        {"line": "lost"},
        {"line": "elsewhere"},
        # Signed in meanwhile, under another name.
        {"account": MEMBER["account"]},
    ],
    "joining": [LET_IN],
    "service-down": [{"seconds": 5}, {**IN, "seconds": 5}, {**IN, **trouble("unreachable")}],
    "no-media": [{**LET_IN, "seconds": 5}, {**IN, "seconds": 5}],
    "full": [{"seconds": 5}, {**LET_IN, "seconds": 5}],
    "refused": [{"knock": {"state": "refused", "reason": "Tomorrow at ten?"}}],
    "left": [{}, MEMBER],
    "ended": [{}, {"by": "Olga Owner"}],
}
"""Where one place has several faces; every other has one."""

# The page shows a visit that is made up of the real one. Its own goes on behind.
SHOWN = """
async ([place, {seconds = null, knock = {}, ...changed}]) => {
  const page = document.querySelector("visit-page");
  window.real ??= page.run.visit;
  const known = knock === null ? null : {...window.real.knock, ...knock};
  page.run = {visit: {...window.real, place, ...changed, knock: known}, seconds, call: null, send() {}};
  await page.updateComplete;
}
"""


def places() -> list[str]:
    """As the visit's own table names them, so that none is forgotten here."""
    source = (ROOT / "web/visit/state.ts").read_text()
    return re.findall(r'^  \| "([a-z-]+)"', source.split("export interface Mark")[0], re.MULTILINE)


def waits(person: Person, house: House, language: str) -> Page:
    say = person.reads(language)
    page = person.opens(door(house))
    ask(page, say=say)
    expect(page.locator(".panel.waiting .waits")).to_be_visible()
    # In a meeting's place its page is shown; without a call nobody is in it.
    page.wait_for_function("customElements.get('meeting-stage') !== undefined")
    return page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_wrong_in_any_place_of_a_visit(house: House, visitor: Person, language: str) -> None:
    page = waits(visitor, house, language)
    assert set(STATES) <= set(places())
    wrong = []
    for place in places():
        for state in STATES.get(place, [{}]):
            page.evaluate(SHOWN, [place, state])
            staged = place in ("meeting", "reconnecting")
            expect(page.locator("meeting-stage:not([behind])" if staged else ":is(.panel, .state) h1")).to_be_visible()
            wrong += [f"{place} {json.dumps(state)}: {one}" for one in axe(page)]
    assert wrong == []
