"""What moderators do, in real browsers on a real LiveKit: what everybody sees of it, and what a guest does not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.house import House
from tests.browser.people import Person, axe, in_french
from tests.browser.test_meeting import bar, join, knocks, let_in, tile

Somebody = Callable[..., Person]


def desk(page: Page) -> Locator:
    """The moderators' panel, opened by the one press on the bar."""
    panel = page.get_by_role("dialog", name="Moderate", exact=True)
    if not panel.is_visible():
        bar(page).get_by_role("button", name="Moderate").click()
        expect(panel).to_be_visible()
    return panel


def row(page: Page, name: str) -> Locator:
    return desk(page).get_by_role("group", name=name, exact=True)


def menu(page: Page, name: str) -> Locator:
    """The menu of one person's tile."""
    page.locator("meeting-tile").filter(has=page.get_by_role("group", name=name)).first.hover()
    page.locator("meeting-tile").get_by_role("button", name=f"Moderate {name}").click()
    found = page.get_by_role("menu", name=f"Moderate {name}")
    expect(found).to_be_visible()
    return found


def choose(page: Page, name: str, what: str) -> None:
    menu(page, name).get_by_role("menuitem", name=what, exact=True).click()


def board(page: Page) -> Locator:
    return page.locator("notice-board")


def turned(page: Page, kind: str, on: bool) -> None:
    """One's own device is shown as on, or as off."""
    expect(bar(page).locator(f'[data-control="{kind}"]')).to_have_attribute("data-on", "true" if on else "false")


# -- off for everyone --


def test_off_once_silences_the_others_tells_them_by_whom_and_they_may_turn_it_on_again(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    turned(guest, "microphone", True)
    expect(tile(page, "Nora Dahl, visitor")).to_be_visible()
    row(page, "Microphones").get_by_role("button", name="Turn off").click()
    expect(desk(page)).to_contain_text("One microphone was turned off.")
    expect(board(guest)).to_contain_text("Olga Owner turned off your microphone. You can turn it on again.")
    turned(guest, "microphone", False)
    turned(page, "microphone", True)

    desk(page).get_by_role("button", name="Ask them to unmute").click()
    question = board(guest).locator(".note").filter(has_text="Olga Owner asks you to unmute.")
    expect(question).to_be_visible()
    turned(guest, "microphone", False)
    question.get_by_role("button", name="Unmute").click()
    turned(guest, "microphone", True)
    expect(question).to_have_count(0)


def test_kept_off_holds_for_late_joiners_spares_the_exempt_and_is_lifted_without_a_reload(
    house: House, somebody: Somebody, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl, visitor")).to_be_visible()
    row(page, "Microphones").get_by_role("button", name="Keep off").click()
    expect(row(page, "Microphones")).to_contain_text("Kept off, but moderators may use theirs")
    kept = "Olga Owner keeps microphones off. Raise your hand to speak."
    expect(board(guest)).to_contain_text(kept)
    turned(guest, "microphone", False)

    late = let_in(owner, somebody(), house, "Late Comer")
    expect(board(late)).to_contain_text(kept)
    turned(late, "microphone", False)
    # Its button says why, and does nothing.
    button = bar(late).get_by_role("button", name=kept)
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    late.wait_for_timeout(500)
    turned(late, "microphone", False)

    page.keyboard.press("Escape")
    choose(page, "Nora Dahl", "Allow the microphone")
    expect(board(guest)).to_contain_text("Olga Owner lets you turn your microphone on again.")
    turned(guest, "microphone", False)
    guest.get_by_role("button", name="Turn the microphone on").click()
    turned(guest, "microphone", True)

    # Cameras off once for everyone: whoever has an exception for the microphone has none for the camera.
    row(page, "Cameras").get_by_role("button", name="Turn off").click()
    turned(guest, "camera", False)
    turned(guest, "microphone", True)

    row(page, "Microphones").get_by_role("button", name="Allow again").click()
    expect(desk(page)).to_contain_text("Nobody’s was turned on.")
    turned(late, "microphone", False)
    late.get_by_role("button", name="Turn the microphone on").click()
    turned(late, "microphone", True)


# -- one person --


def test_somebody_is_asked_and_answers_not_now(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    guest.get_by_role("button", name="Turn the microphone off").click()
    expect(tile(page, "Nora Dahl, visitor, microphone off")).to_be_visible()
    choose(page, "Nora Dahl", "Ask to unmute")
    expect(board(page)).to_contain_text("Nora Dahl has been asked.")
    question = board(guest).locator(".note").filter(has_text="Olga Owner asks you to unmute.")
    question.get_by_role("button", name="Not now").click()
    expect(question).to_have_count(0)
    turned(guest, "microphone", False)


def test_the_list_of_people_has_the_same_menu(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    bar(page).get_by_role("button", name="People").click()
    line = page.locator("people-panel").get_by_role("listitem").filter(has_text="Nora Dahl")
    line.get_by_role("button", name="Moderate Nora Dahl").click()
    line.get_by_role("menuitem", name="Mute", exact=True).click()
    turned(guest, "microphone", False)
    expect(board(page)).to_contain_text("Nora Dahl’s microphone is off.")


def test_a_share_is_stopped_and_its_person_told(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    bar(guest).get_by_role("button", name="Share your screen").click()
    expect(guest.get_by_text("You are sharing your screen.")).to_be_visible()
    expect(page.locator('meeting-tile[data-key*="screen"]')).to_be_visible()
    choose(page, "Nora Dahl", "Stop their screen share")
    expect(board(guest)).to_contain_text("Olga Owner stopped your screen share. You can share again.")
    expect(guest.get_by_text("You are sharing your screen.")).to_have_count(0)
    expect(page.locator('meeting-tile[data-key*="screen"]')).to_have_count(0)
    expect(bar(guest).get_by_role("button", name="Share your screen")).to_be_enabled()


def test_a_removed_guest_is_out_and_comes_back_only_by_a_new_knock_that_the_owner_sees(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    choose(page, "Nora Dahl", "Remove…")
    asked = page.get_by_role("dialog", name="Remove Nora Dahl from the meeting?")
    expect(asked).to_contain_text("Nora Dahl may ask to join again, like anybody.")
    asked.get_by_role("button", name="Keep in the meeting").click()
    expect(bar(guest)).to_be_visible()
    choose(page, "Nora Dahl", "Remove…")
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(guest.get_by_role("heading", name="You were taken out of the meeting.")).to_be_visible()
    expect(tile(page, "Nora Dahl")).to_have_count(0)

    # A reload, and another page of the same browser, stay outside.
    guest.reload()
    expect(guest.get_by_role("button", name="Ask again")).to_be_visible()
    again = visitor.opens(f"/m/{house.slug}")
    expect(again.get_by_role("button", name="Ask to join")).to_be_visible()
    again.close()
    guest.get_by_role("button", name="Ask again").click()
    pop_up = page.get_by_role("region", name="At your door", exact=True)
    expect(pop_up).to_contain_text("Nora Dahl")
    page.wait_for_timeout(600)
    pop_up.get_by_role("button", name="Accept").click()
    expect(bar(guest)).to_be_visible()


def test_a_member_who_is_removed_may_enter_again_and_that_is_said_before(
    house: House, somebody: Somebody, owner: Person
) -> None:
    page = join(owner, house)
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    choose(page, "Colin Reyes", "Remove…")
    asked = page.get_by_role("dialog", name="Remove Colin Reyes from the meeting?")
    expect(asked).to_contain_text("Colin Reyes is a member here and may enter again at any time.")
    asked.get_by_role("button", name="Remove", exact=True).click()
    expect(colleague.get_by_role("heading", name="You were taken out of the meeting.")).to_be_visible()
    colleague.get_by_role("button", name="Join again").click()
    expect(bar(colleague)).to_be_visible()


# -- the room --


def test_a_lock_turns_visitors_away_and_moderators_see_how_many(
    house: House, owner: Person, somebody: Somebody
) -> None:
    page = join(owner, house)
    row(page, "Door").get_by_role("button", name="Lock").click()
    expect(row(page, "Door")).to_contain_text("The room is locked")
    outside = somebody().opens(f"/m/{house.slug}")
    expect(outside.get_by_role("heading", name="This meeting is not taking new visitors now.")).to_be_visible()
    expect(row(page, "Door")).to_contain_text("One person was turned away because the room is locked.", timeout=2_000)
    row(page, "Door").get_by_role("button", name="Unlock").click()
    expect(row(page, "Door")).to_contain_text("The room is open")
    outside.reload()
    expect(outside.get_by_role("button", name="Ask to join")).to_be_visible()


def test_ended_for_everyone_after_being_asked_once_more_and_the_link_works_again(
    house: House, owner: Person, visitor: Person, somebody: Somebody
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    waiting = knocks(somebody(), house, "Still Waiting")
    desk(page).get_by_role("button", name="End for everyone…").click()
    desk(page).get_by_role("button", name="Go on with the meeting").click()
    expect(bar(guest)).to_be_visible()
    desk(page).get_by_role("button", name="End for everyone…").click()
    desk(page).get_by_role("button", name="End for everyone", exact=True).click()
    expect(guest.get_by_role("heading", name="Olga Owner ended the meeting.")).to_be_visible()
    expect(page.get_by_role("heading", name="You ended the meeting.")).to_be_visible()
    expect(waiting.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("button", name="Join again").click()
    expect(bar(page)).to_be_visible()
    expect(tile(page, "Nora Dahl")).to_have_count(0)
    expect(page.get_by_role("region", name="At your door", exact=True)).to_contain_text("Still Waiting")


def test_a_colleague_cannot_end_it_while_the_owner_is_in(house: House, owner: Person, somebody: Somebody) -> None:
    page = join(owner, house)
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    expect(tile(colleague, "Olga Owner")).to_be_visible()
    expect(desk(colleague).get_by_role("button", name="End for everyone…")).to_have_count(0)
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="Leave, the others stay").click()
    expect(desk(colleague).get_by_role("button", name="End for everyone…")).to_be_visible()


def test_who_may_end_it_is_asked_what_leaving_means(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    leave = page.get_by_role("button", name="Leave", exact=True)
    leave.focus()
    page.keyboard.press("Enter")
    assert axe(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Leave, the others stay")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("End the meeting for everyone?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(leave).to_be_focused()
    leave.click()
    # As a phone that is turned: what opened beside a button would lie outside.
    page.set_viewport_size({"width": 640, "height": 360})
    expect(page.get_by_role("button", name="Leave, the others stay")).to_be_hidden()
    leave.click()
    page.get_by_role("button", name="End for everyone…").click()
    page.get_by_role("button", name="End for everyone", exact=True).click()
    expect(page.get_by_role("heading", name="You ended the meeting.")).to_be_visible()
    expect(guest.get_by_role("heading", name="Olga Owner ended the meeting.")).to_be_visible()
    page.get_by_role("link", name="Back to home").click()
    expect(page.get_by_role("heading", name="Public videoconference link")).to_be_visible()


def setup(page: Page) -> Locator:
    desk(page).get_by_role("button", name="Room set-up…").click()
    dialog = page.get_by_role("dialog", name="Room set-up")
    expect(dialog).to_be_visible()
    return dialog


def test_two_moderators_change_the_room_at_once_and_neither_loses_a_change(
    house: House, somebody: Somebody, owner: Person
) -> None:
    page = join(owner, house)
    colleague_is = somebody(house.sign_in(house.colleague))
    colleague = join(colleague_is, house)
    mine, theirs = setup(page), setup(colleague)
    expect(theirs.get_by_text("Only you can change these")).to_have_count(0)
    expect(mine.get_by_text("Only you can change these")).to_be_visible()

    # Another field at the same time: both hold, and each sees the other's.
    mine.get_by_label("the chat", exact=True).select_option("moderators")
    theirs.get_by_label("the camera", exact=True).select_option("moderators")
    for dialog in (mine, theirs):
        expect(dialog.get_by_label("the chat", exact=True)).to_have_value("moderators")
        expect(dialog.get_by_label("the camera", exact=True)).to_have_value("moderators")

    # The same field from an older state: the colleague's page has not heard yet.
    colleague.route("**/setup", lambda route: late(route))
    page.wait_for_timeout(200)
    theirs.get_by_label("the microphone", exact=True).select_option("moderators")
    mine.get_by_label("What it is about").fill("Interviews")
    mine.get_by_label("What it is about").press("Tab")
    expect(theirs.get_by_label("What it is about")).to_have_value("Interviews")
    expect(page.locator("header .subject")).to_have_text("Interviews")
    expect(theirs.get_by_label("the microphone", exact=True)).to_have_value("moderators")
    expect(mine.get_by_label("the microphone", exact=True)).to_have_value("moderators")


def test_of_two_who_change_the_same_at_once_the_second_reads_who_was_first_and_what_holds_now(
    house: House, somebody: Somebody, owner: Person
) -> None:
    page = join(owner, house)
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    mine, theirs = (setup(each).get_by_label("What it is about") for each in (page, colleague))
    on_its_way: list[Route] = []
    colleague.route("**/setup", lambda route: on_its_way.append(route))
    theirs.fill("Budget")
    theirs.press("Tab")
    while not on_its_way:
        colleague.wait_for_timeout(20)
    mine.fill("Interviews")
    mine.press("Tab")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    with colleague.expect_response("**/setup") as answered:
        on_its_way[0].continue_()
    colleague.unroute("**/setup")
    assert answered.value.status == 409
    said = colleague.get_by_role("alert").filter(has_text="Olga Owner has just changed this. It is shown as it is now.")
    expect(said).to_be_visible()
    for field in (mine, theirs):
        expect(field).to_have_value("Interviews")
    expect(page.get_by_text("has just changed this")).to_have_count(0)

    # Who still wants it otherwise changes what they see now.
    theirs.fill("Budget")
    theirs.press("Tab")
    expect(mine).to_have_value("Budget")
    expect(said).to_have_count(0)


def late(route: Any) -> None:
    """A call that is slow on its way."""
    route.request.frame.page.wait_for_timeout(400)
    route.continue_()


def test_whoever_joins_leaves_off_what_the_set_up_says_and_turns_it_on_themselves(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    setup(page).get_by_label("joins with the microphone off").check()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    guest = let_in(owner, visitor, house)
    turned(guest, "camera", True)
    turned(guest, "microphone", False)
    # Also after a reload, which is no first time.
    guest.reload()
    turned(guest, "camera", True)
    turned(guest, "microphone", False)
    guest.get_by_role("button", name="Turn the microphone on").click()
    turned(guest, "microphone", True)
    guest.reload()
    turned(guest, "microphone", True)


def test_what_somebody_else_turned_off_stays_off_over_a_reload_and_the_next_meeting_is_as_chosen(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    turned(guest, "microphone", True)
    row(page, "Microphones").get_by_role("button", name="Turn off").click()
    turned(guest, "microphone", False)
    for _ in range(2):
        guest.reload()
        # Both go in together: with the camera the microphone would be there.
        turned(guest, "camera", True)
        turned(guest, "microphone", False)
    button = guest.get_by_role("button", name="Turn the microphone on")
    button.click()
    turned(guest, "microphone", True)
    guest.reload()
    turned(guest, "microphone", True)
    # What is pressed in a meeting is no choice for the next one.
    guest.get_by_role("button", name="Turn the camera off").click()
    turned(guest, "camera", False)
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("You left the meeting.")
    guest.reload()
    expect(guest.get_by_role("button", name="Turn the camera off")).to_be_visible()


# -- a guest --


def test_a_guest_sees_none_of_the_controls(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    expect(bar(page).get_by_role("button", name="Moderate")).to_be_visible()
    expect(guest.locator("[data-control=moderate], person-menu, moderator-desk, setup-dialog")).to_have_count(0)


# -- for everybody --


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_wrong_in_the_desk_the_menus_the_set_up_and_the_notices(
    house: House, owner: Person, visitor: Person, language: str
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    if language == "fr":
        for one in (guest, page):
            in_french(one)
            expect(one.locator(".bar [data-control=microphone][data-on=true]")).to_be_visible()
    page.locator(".bar [data-control=moderate]").click()
    page.locator("moderator-desk [data-do=off]").first.click()
    expect(page.locator("moderator-desk .report")).to_be_visible()
    assert axe(page) == []
    expect(board(guest).locator(".note")).to_contain_text("Olga Owner")
    assert axe(guest) == []
    page.locator("moderator-desk .report .next button").click()
    expect(board(guest).locator("[data-answer]").first).to_be_visible()
    assert axe(guest) == []
    page.locator("moderator-desk [data-do=end]").click()
    expect(page.locator("moderator-desk [data-do=end-now]")).to_be_visible()
    assert axe(page) == []
    page.locator("moderator-desk [data-do=go-on]").click()
    page.locator("moderator-desk [data-do=setup]").click()
    expect(page.get_by_role("dialog").locator("textarea, input").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("meeting-tile:has(person-menu)").hover()
    page.locator("person-menu .opens").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator(".bar [data-control=leave]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-leave=end]")).to_be_visible()
    assert axe(page) == []


def test_the_menu_and_the_desk_are_used_by_keyboard(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    button = page.locator("meeting-tile").get_by_role("button", name="Moderate Nora Dahl")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Mute", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Remove…")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Mute", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    turned(guest, "microphone", False)
    opens = bar(page).get_by_role("button", name="Moderate")
    opens.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Moderate", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(opens).to_be_focused()


@pytest.mark.parametrize("size", [(360, 640), (640, 360)], ids=["upright", "on its side"])
def test_a_moderator_with_a_small_phone_reaches_everything(
    house: House, somebody: Somebody, visitor: Person, size: tuple[int, int]
) -> None:
    width, height = size
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "has_touch": True, "is_mobile": True}
    phone = somebody(house.sign_in(house.owner), **options)
    page = join(phone, house)
    guest = let_in(phone, visitor, house)
    bar(page).get_by_role("button", name="More").tap()
    page.get_by_role("button", name="Moderate", exact=True).tap()
    panel = page.get_by_role("dialog", name="Moderate", exact=True)
    panel.get_by_role("group", name="Microphones").get_by_role("button", name="Turn off").tap()
    expect(panel).to_contain_text("One microphone was turned off.")
    turned(guest, "microphone", False)
    panel.get_by_role("button", name="Room set-up…").tap()
    expect(page.get_by_role("dialog", name="Room set-up")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_in_a_small_window_the_knock_stands_in_front_of_the_open_panel(
    house: House, somebody: Somebody, visitor: Person
) -> None:
    # As 1280 × 800 at 200 %.
    page = join(somebody(house.sign_in(house.owner), viewport={"width": 640, "height": 400}), house)
    guest = knocks(visitor, house)
    accept = page.get_by_role("button", name="Accept Nora Dahl")
    expect(accept).to_be_visible()
    bar(page).get_by_role("button", name="More").click()
    page.get_by_role("button", name="Moderate", exact=True).click()
    panel = page.get_by_role("dialog", name="Moderate", exact=True)
    expect(panel).to_be_visible()
    accept.click()
    expect(bar(guest)).to_be_visible()
    # Pressing beside the panel closed it.
    expect(panel).to_have_count(0)
