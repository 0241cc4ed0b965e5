"""What browser tests share: the shipped server beside a real LiveKit, Chromium, and people with pages of their own.

Whatever a page complains of (a blocked resource, an error in the console, an exception) fails its test, unless the
test said before that it expects it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from admission.accounts import WorkspaceChoices
from tests.browser.house import House
from tests.browser.people import CHROMIUM, FLAGS, Person, nobody_complained
from tests.browser.server import Vestibule

UNLIMITED = {"VESTIBULE_KNOCKS_PER_MINUTE": "0", "VESTIBULE_SIGN_IN_FAILURES_PER_MINUTE": "0"}
"""Every test comes from one address."""

_numbers = itertools.count(1)

# Joining takes seconds where two cores carry a server, LiveKit and several browsers.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a failed test once more. Real browsers, media and a busy machine can miss each other by a moment; a mistake
    of ours fails twice. The run's last lines name every test that needed it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=1))


@pytest.fixture(scope="session")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vestibule]:
    """One server with its LiveKit for the whole run, without its limits. Leave it running."""
    server = Vestibule(tmp_path_factory.mktemp("browser"), **UNLIMITED)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Vestibule]]:
    """Starts a server of the test's own, which it may stop, with settings of its own."""
    started: list[Vestibule] = []

    def start(**settings: str) -> Vestibule:
        server = Vestibule(tmp_path, **settings)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests: Playwright's loop must not outlive it, for other tests have loops of theirs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def build_house(vestibule: Vestibule) -> Callable[..., House]:
    """Builds a workspace of the test's own: `build_house(seats=2)`, on the shared server or another."""

    def build(server: Vestibule = vestibule, **choices: Any) -> House:
        return House(server, next(_numbers), WorkspaceChoices(**choices))

    return build


@pytest.fixture
def house(build_house: Callable[..., House]) -> House:
    """A workspace of the test's own, with an owner and a colleague."""
    return build_house()


@pytest.fixture(autouse=True)
def complaints() -> Iterator[None]:
    """Looks at what everybody's pages complained of, at the end of every test, whoever opened them."""
    Person.arrived.clear()
    yield
    nobody_complained()


@pytest.fixture
def somebody(chromium: Browser, vestibule: Vestibule) -> Iterator[Callable[..., Person]]:
    """Opens a browser for a person: `somebody(house.sign_in(house.owner))`, or `somebody()` for a stranger."""
    people: list[Person] = []

    def arrives(session: str | None = None, url: str | None = None, **options: Any) -> Person:
        person = Person(chromium, url or vestibule.url, session, **options)
        people.append(person)
        return person

    yield arrives
    for person in people:
        person.context.close()


@pytest.fixture
def owner(house: House, somebody: Callable[..., Person]) -> Person:
    """The browser of the house's owner. No page is open in it."""
    return somebody(house.sign_in(house.owner))


@pytest.fixture
def visitor(somebody: Callable[..., Person]) -> Person:
    """The browser of somebody without an account."""
    return somebody()
