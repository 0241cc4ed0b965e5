"""Contributions as people see them: the panel, one's own ring, the page after it, and what is said before."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from admission import accounts
from admission.accounts import WorkspaceChoices
from admission.setup import Contributions
from tests.browser.house import House
from tests.browser.observer import Observer
from tests.browser.people import Person, axe, in_french
from tests.browser.test_meeting import bar, door, join, let_in
from tests.browser.test_panels import control, meeting_of

Somebody = Callable[..., Person]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
COUNTED = "Talk time and other contributions are counted and shown to everybody in the meeting"


def panel(page: Page) -> Locator:
    return page.locator("contributions-panel")


def row(page: Page, name: str) -> Locator:
    return page.locator("contribution-figures").get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def cells(page: Page, name: str) -> list[str]:
    """Somebody's figures, as a screen reader says them."""
    heard: list[str] = row(page, name).evaluate(
        """(row) => [...row.querySelectorAll('[role=cell]')].map((cell) => {
            const heard = cell.cloneNode(true);
            heard.querySelectorAll('[aria-hidden=true]').forEach((one) => one.remove());
            return heard.textContent.trim();
        })"""
    )
    return heard


def watched(house: House, owner: Person, *names: str) -> Observer:
    """Olga talked for a minute and shared her screen, the others for 20 s each, 10 s of that while Olga did."""
    observer = Observer(house.server, meeting_of(owner, house))
    observer.saw("Olga Owner", 590, talk=[(500, 40), (400, 20)], screen=[(300, 65)], messages=2)
    for name in names:
        observer.saw(name, 580, talk=[(470, 20)])
    observer.store()
    return observer


def open_panel(page: Page) -> None:
    control(page, "contributions").click()
    expect(panel(page)).to_be_visible()


def set_up(owner: Person, house: House, contributions: str) -> None:
    path = f"/api/v1/meetings/{meeting_of(owner, house)}/setup"
    version = owner.context.request.get(path).json()["version"]
    answer = owner.context.request.patch(
        path,
        data=json.dumps({"version": version, "contributions": contributions}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.ok, answer.text()


def test_guest_and_moderator_see_the_same_figures_live(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    observer = watched(house, owner, "Nora Dahl")
    for view, mine, other in ((page, "Olga Owner", "Nora Dahl"), (guest, "Nora Dahl", "Olga Owner")):
        open_panel(view)
        expect(row(view, f"{mine} (you)")).to_be_visible()
        expect(row(view, other)).not_to_contain_text("(you)")
        expect(row(view, "Nora Dahl").locator(".badge")).to_have_text("visitor")
        expect(row(view, "Olga Owner").locator(".badge")).to_have_count(0)
        # By then all of it has been told.
        expect(row(view, "Olga Owner")).to_contain_text("75%")
        olga = ["1 minute", "75%", "2", "40 seconds", "0 seconds", "1 minute 5 seconds", "2", "0"]
        assert cells(view, "Olga Owner") == olga
        assert cells(view, "Nora Dahl")[:4] == ["20 seconds", "25%", "1", "20 seconds"]
        # Who talked most is first.
        expect(panel(view).get_by_role("rowheader").first).to_contain_text("Olga Owner")
        expect(panel(view).locator("dd").nth(0)).to_contain_text("1:10")
        expect(panel(view).locator("dd").nth(1)).to_contain_text("0:10")
        expect(panel(view)).not_to_contain_text("Figures are paused")
    # What is new comes by itself, and the order follows.
    observer.saw("Nora Dahl", 230, talk=[(220, 90)])
    observer.store()
    for view in (page, guest):
        expect(panel(view).get_by_role("rowheader").first).to_contain_text("Nora Dahl")
        expect(row(view, "Nora Dahl")).to_contain_text("65%")
        assert cells(view, "Nora Dahl")[:4] == ["1 minute 50 seconds", "65%", "2", "1 minute 30 seconds"]
        assert axe(view) == []
    in_french(guest)
    guest.locator(".bar [data-control=contributions]").click()
    expect(row(guest, "Nora Dahl (vous)")).to_be_visible()
    assert axe(guest) == []
    guest.locator(".bar [data-control=leave]").click()
    expect(guest.locator("last-figures")).to_be_visible()
    assert axe(guest) == []


def test_who_left_stays_in_the_figures_and_is_marked_in_words(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    watched(house, owner, "Nora Dahl")
    guest.get_by_role("button", name="Leave").click()
    open_panel(page)
    expect(row(page, "Nora Dahl").locator(".badge")).to_have_text(["visitor", "left"])
    assert axe(page) == []


def test_without_an_observer_the_panel_says_that_figures_are_paused(house: House, owner: Person) -> None:
    page = join(owner, house)
    open_panel(page)
    status = panel(page).get_by_role("status")
    expect(status).to_contain_text("Figures are paused.")
    observer = watched(house, owner)
    expect(status).to_be_empty()
    expect(row(page, "Olga Owner")).to_be_visible()
    observer.stop()
    expect(status).to_contain_text("Figures are paused.")
    expect(row(page, "Olga Owner")).to_be_visible()
    assert axe(page) == []


def test_the_panel_opens_and_closes_by_keyboard_and_gives_the_focus_back(house: House, owner: Person) -> None:
    page = join(owner, house)
    control(page, "contributions").focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name="Contributions")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(control(page, "contributions")).to_be_focused()
    page.keyboard.press("t")
    expect(panel(page)).to_be_visible()


def test_one_s_own_share_stands_on_one_s_picture_for_whoever_has_looked(house: House, owner: Person) -> None:
    page = join(owner, house)
    watched(house, owner)
    ring = page.locator("talk-ring").get_by_role("img", name="Your share of the talk: 100%")
    expect(control(page, "contributions")).to_be_visible()
    expect(ring).to_have_count(0)
    open_panel(page)
    expect(ring).to_be_visible()
    page.keyboard.press("Escape")
    expect(ring).to_be_visible()
    control(page, "settings").click()
    page.locator('[data-entry="settings"]').click()
    page.get_by_label("Show my share of the talk on my own picture").uncheck()
    page.keyboard.press("Escape")
    expect(ring).to_have_count(0)


def test_turned_off_it_goes_with_a_word_and_comes_back(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    watched(house, owner, "Nora Dahl")
    open_panel(guest)
    panel(guest).get_by_role("button", name="Close").focus()
    set_up(owner, house, "off")
    expect(guest.get_by_text("Olga Owner turned contributions off: they are not counted any more.")).to_be_visible()
    for view in (page, guest):
        expect(panel(view)).to_have_count(0)
        expect(control(view, "contributions")).to_have_count(0)
    expect(guest.get_by_role("heading", level=1)).to_be_focused()
    set_up(owner, house, "live")
    expect(guest.get_by_text("Olga Owner turned contributions on")).to_be_visible()
    open_panel(guest)
    set_up(owner, house, "kept")
    expect(guest.get_by_text("Olga Owner set that contributions are kept after the meeting.")).to_be_visible()


def test_a_phone_shows_all_of_it_without_scrolling_sideways(house: House, owner: Person, somebody: Somebody) -> None:
    join(owner, house)
    phone = let_in(owner, somebody(**PHONE), house, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh")
    watched(house, owner, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh")
    control(phone, "more").click()
    phone.locator("#more [data-control=contributions]").click()
    expect(row(phone, "Olga Owner")).to_be_visible()
    for label in ("Turns", "Longest turn", "Camera", "Screen share", "Messages", "Hands"):
        expect(row(phone, "Olga Owner").get_by_text(label, exact=True)).to_be_visible()
    over = panel(phone).locator(".scrolls").evaluate("(part) => part.scrollWidth - part.clientWidth")
    assert over == 0
    assert axe(phone) == []


@pytest.mark.parametrize("ends", ["left", "ended"])
def test_after_it_the_last_figures_stay_and_nothing_is_fetched(
    house: House, owner: Person, visitor: Person, ends: str
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    meeting = meeting_of(owner, house)
    observer = watched(house, owner, "Nora Dahl")
    open_panel(guest)
    expect(row(guest, "Olga Owner")).to_contain_text("75%")
    if ends == "left":
        guest.get_by_role("button", name="Leave").click()
    else:
        path = f"/api/v1/meetings/{meeting}/end"
        owner.context.request.post(path, data="{}", headers={"Content-Type": "application/json"})
    expect(guest.locator("last-figures").get_by_role("heading", name="Contributions")).to_be_visible()
    asked = len(visitor.requests)
    assert cells(guest, "Olga Owner")[:2] == ["1 minute", "75%"]
    expect(row(guest, "Nora Dahl (you)")).to_be_visible()
    assert axe(guest) == []
    if ends == "left":
        # The page hears no more of it.
        observer.saw("Olga Owner", 230, talk=[(220, 90)])
        observer.store()
        open_panel(page)
        expect(row(page, "Olga Owner")).to_contain_text("2:30")
        assert cells(guest, "Olga Owner")[:2] == ["1 minute", "75%"]
    assert asked == len(visitor.requests)


def test_before_anybody_enters_they_are_told_what_is_counted_and_who_sees_it(
    build_house: Callable[..., House], somebody: Somebody
) -> None:
    house = build_house(privacy_url="https://house.example/privacy")
    page = somebody().opens(door(house))
    told = page.get_by_text(f"{COUNTED}; members of {house.workspace} can see them afterwards.")
    expect(told).to_be_visible()
    expect(told.get_by_role("link", name="Privacy")).to_have_attribute("href", "https://house.example/privacy")
    assert axe(page) == []

    def allow(most: Contributions) -> None:
        choices = WorkspaceChoices(contributions=most)
        house.server.run(lambda repository: accounts.set_workspace(repository, house.workspace, choices))

    allow(Contributions.LIVE)
    page.reload()
    expect(page.get_by_text(f"{COUNTED}.")).to_be_visible()
    page.get_by_label("Your name").fill("Nora Dahl")
    page.get_by_role("button", name="Ask to join").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text(f"{COUNTED}.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    allow(Contributions.OFF)
    page.reload()
    expect(page.get_by_label("Your name")).to_be_visible()
    expect(page.get_by_text(COUNTED)).to_have_count(0)


def test_the_owner_sets_what_the_workspace_allows(build_house: Callable[..., House], somebody: Somebody) -> None:
    house = build_house(contributions=Contributions.LIVE)
    owner = somebody(house.sign_in(house.owner))
    page = owner.opens("/preferences")
    field = page.get_by_label("Talk time and other contributions")
    expect(field).to_have_value("live")
    expect(field.locator("option")).to_have_text(["Only show them during the meeting", "Do not count"])
    expect(page.get_by_text("Your workspace keeps no figures after a meeting.")).to_be_visible()
    field.select_option("off")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    expect(field).to_have_value("off")
    stage = join(owner, house)
    expect(control(stage, "people")).to_be_visible()
    expect(control(stage, "contributions")).to_have_count(0)
    control(stage, "moderate").click()
    stage.locator("moderator-desk [data-do=setup]").click()
    stage.get_by_label("Talk time and other contributions").select_option("live")
    expect(stage.get_by_role("dialog", name="Room set-up").get_by_text("Saved", exact=True)).to_be_visible()
    stage.keyboard.press("Escape")
    expect(bar(stage).locator('[data-control="contributions"]')).to_be_visible()
