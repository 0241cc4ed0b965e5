"""Signing in and out in a real browser: the way on, the wrong password, the limit, and no other site."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.people import Person
from tests.browser.server import PASSWORD, Vestibule

Somebody = Callable[..., Person]


@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vestibule]:
    """A server that takes two wrong passwords a minute, and then no more."""
    server = Vestibule(tmp_path_factory.mktemp("strict"), VESTIBULE_SIGN_IN_FAILURES_PER_MINUTE="2")
    server.start()
    yield server
    server.stop()


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_out_ends_it(house: House, somebody: Somebody) -> None:
    page = somebody(house.sign_in(house.owner)).opens("/preferences")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/people")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_said_at_the_form_and_can_be_mended(house: House, somebody: Somebody) -> None:
    page = somebody().opens("/sign-in")
    sign_in(page, house.owner.account.email, "wrong")
    expect(page.get_by_role("alert")).to_have_text("E-mail address or password is not right.")
    expect(page.get_by_label("Password")).to_be_focused()
    sign_in(page, house.owner.account.email, PASSWORD)
    expect(page.get_by_role("heading", name="Hello, Olga Owner")).to_be_visible()


def test_too_many_wrong_passwords_are_counted_down(
    strict: Vestibule, build_house: Callable[..., House], somebody: Somebody
) -> None:
    house = build_house(strict)
    page = somebody(url=strict.url).opens("/sign-in")
    for _ in range(2):
        with page.expect_response("**/api/v1/session"):
            sign_in(page, house.owner.account.email, "wrong")
        expect(page.get_by_role("alert")).to_have_text("E-mail address or password is not right.")
    sign_in(page, house.owner.account.email, PASSWORD)
    expect(page.get_by_role("alert")).to_have_text("Please wait a moment, then try again.")
    expect(page.get_by_role("button", name="Try again in")).to_be_disabled()


@pytest.mark.parametrize("way", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_signing_in_never_leads_to_another_site(house: House, somebody: Somebody, way: str) -> None:
    person = somebody()
    page = person.opens(f"/sign-in?next={way}")
    sign_in(page, house.owner.account.email, PASSWORD)
    expect(page.get_by_role("heading", name="Hello, Olga Owner")).to_be_visible()
    assert page.url.startswith(person.url)


def test_sounds_are_chosen_for_this_browser(house: House, somebody: Somebody) -> None:
    page = somebody(house.sign_in(house.owner)).opens("/preferences")
    sound = page.get_by_label("Sound when somebody is at your door")
    expect(sound).to_be_checked()
    sound.uncheck()
    page.reload()
    expect(sound).not_to_be_checked()
