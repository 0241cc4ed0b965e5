"""The doorbell in a real browser: who sees, hears and decides what, on however many pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from admission.directory import Role
from tests.browser.house import House
from tests.browser.people import Person, axe, look_at, look_away, notes, notifications, until
from tests.browser.server import Vestibule
from tests.browser.wire import Wire

Somebody = Callable[..., Person]

COUNTED = re.compile(r"^\(1\) ")
UNCOUNTED = re.compile(r"^(?!\()")
"""A tab's title with the number of people waiting, and without."""

STILL = 600
"""Milliseconds after which a press on the pop-up counts."""


@pytest.fixture
def page(owner: Person) -> Page:
    """A page of the platform that the owner has open."""
    return listening(owner.opens("/people"))


@pytest.fixture
def wire(vestibule: Vestibule) -> Iterator[Wire]:
    line = Wire(vestibule.port)
    yield line
    line.close()


def listening(page: Page) -> Page:
    """Return when the page's doorbell has drawn itself: it has asked for its stream, or for another tab's news."""
    page.locator("door-bell section").wait_for(state="attached")
    return page


def pop_up(page: Page) -> Any:
    return page.locator("door-bell").get_by_role("region")


def card(page: Page, name: str) -> Any:
    return pop_up(page).get_by_role("group", name=name)


def press(page: Page, name: str, exact: bool = False) -> None:
    """Press a button of the pop-up, once it counts."""
    button = pop_up(page).get_by_role("button", name=name, exact=exact).first
    button.wait_for()
    page.wait_for_timeout(STILL)
    button.click()


# ── Seen and heard ──


@pytest.mark.parametrize("path", ["/", "/preferences", "/people", "/people/{id}"])
def test_an_owner_who_is_not_in_the_meeting_gets_the_pop_up_on_any_open_page(
    house: House, owner: Person, path: str
) -> None:
    page = listening(owner.opens(path.format(id=house.owner.account.id)))
    house.guest("Nora Adams", "Hello, I am early.")
    shown = card(page, "Nora Adams")
    expect(shown).to_be_visible()
    expect(shown).to_contain_text("No account · waiting 0:0")
    expect(shown).to_contain_text("“Hello, I am early.”")
    expect(page).to_have_title(COUNTED)
    until(page, lambda: notes(page) == 2, "a chime")


def test_an_owner_who_arrives_late_finds_every_knock_that_waits_in_order_of_arrival(
    house: House, owner: Person
) -> None:
    for name in ("Ann", "Ben", "Cleo"):
        house.guest(name)
    page = listening(owner.opens("/"))
    expect(card(page, "Ann")).to_be_visible()
    press(page, "See all")
    expect(pop_up(page).get_by_role("heading", level=2)).to_have_text(["At your door", "Ann", "Ben", "Cleo"])


def test_every_new_knock_shows_and_rings_unless_one_rang_in_the_last_ten_seconds(house: House, owner: Person) -> None:
    page = owner.context.new_page()
    page.clock.install()
    page.goto("/people")
    listening(page)
    house.guest("Ann")
    until(page, lambda: notes(page) == 2, "a chime for Ann")
    house.guest("Ben")
    expect(pop_up(page)).to_contain_text("One more is waiting")
    page.clock.run_for(10_000)
    assert notes(page) == 2
    # Also while others wait.
    house.guest("Cleo")
    expect(pop_up(page)).to_contain_text("2 more are waiting")
    until(page, lambda: notes(page) == 4, "a chime for Cleo")
    # Also after the owner left and came back; who was heard before is not heard again.
    page.goto("/preferences")
    listening(page)
    expect(card(page, "Ann")).to_be_visible()
    page.clock.run_for(10_000)
    assert notes(page) == 0
    house.guest("Dan")
    until(page, lambda: notes(page) == 2, "a chime for Dan")


def test_when_the_owners_tab_is_hidden_a_knock_sounds_changes_the_title_and_shows_a_notification(
    house: House, page: Page
) -> None:
    page.evaluate("localStorage.setItem('choice/notifications', 'on')")
    look_away(page)
    guest = house.guest("Nora Adams", "Hello")
    until(page, lambda: len(notifications(page)) == 1, "a notification")
    shown = notifications(page)[0]
    assert shown["title"] == "Nora Adams is at your door"
    assert "Hello" in shown["body"]
    assert notes(page) == 2
    expect(page).to_have_title(COUNTED)
    # Nobody has seen the name on the page, so the guest is not told that anybody did.
    assert guest.knock["reach"] == "ringing"
    look_at(page)
    until(page, lambda: guest.knock["reach"] == "seen", "seen")
    guest.withdraw()
    until(page, lambda: notifications(page)[0]["closed"], "the notification closed")
    expect(page).to_have_title(UNCOUNTED)


def test_in_the_meeting_the_pop_up_is_there_and_the_meetings_page_is_the_one_that_sounds(
    house: House, owner: Person
) -> None:
    meeting = owner.opens(f"/m/{house.slug}")
    meeting.get_by_role("button", name="Join now").click()
    expect(meeting.locator("door-bell[place=meeting]")).to_be_attached()
    platform = listening(owner.opens("/people"))
    platform.mouse.click(5, 5)
    house.guest("Nora Adams")
    expect(card(meeting, "Nora Adams")).to_be_visible()
    expect(card(platform, "Nora Adams")).to_be_visible()
    until(meeting, lambda: notes(meeting) == 2, "a chime in the meeting")
    platform.wait_for_timeout(1_500)
    assert notes(platform) == 0
    # There is nothing to join: this browser is in the meeting.
    press(platform, "Accept Nora Adams")
    expect(pop_up(platform)).to_contain_text("Accepted.")
    expect(pop_up(platform).get_by_role("link", name="Join now")).to_have_count(0)
    expect(pop_up(meeting)).to_contain_text("Olga Owner accepted Nora Adams on another page.")
    top = pop_up(meeting).bounding_box()
    assert top is not None
    assert top["y"] < 100


def test_somebody_who_looks_at_a_page_gets_no_notification_of_it(house: House, page: Page) -> None:
    page.evaluate("localStorage.setItem('choice/notifications', 'on')")
    house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    until(page, lambda: notes(page) == 2, "a chime")
    assert notifications(page) == []


def test_only_who_can_be_read_is_said_to_be_seen(house: House, page: Page) -> None:
    first, second = house.guest("Ann"), house.guest("Ben")
    until(page, lambda: first.knock["reach"] == "seen", "Ann is seen")
    page.wait_for_timeout(500)
    assert second.knock["reach"] == "ringing"
    press(page, "See all")
    until(page, lambda: second.knock["reach"] == "seen", "Ben is seen")


def test_the_sound_can_be_turned_off(house: House, page: Page) -> None:
    page.evaluate("localStorage.setItem('choice/knock', 'off')")
    house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    page.wait_for_timeout(1_500)
    assert notes(page) == 0


# ── Who it is ──


def test_a_typed_name_that_resembles_a_members_is_warned_of(house: House, page: Page) -> None:
    house.guest("Colin Reyes")
    expect(card(page, "Colin Reyes")).to_contain_text("Careful: Colin Reyes is a member of your workspace.")


def test_a_guest_user_is_shown_as_verified(house: House, somebody: Somebody, page: Page) -> None:
    gina = somebody(house.sign_in(house.add("gina", "Gina Holt", Role.GUEST)))
    asks = gina.opens(f"/m/{house.slug}")
    asks.get_by_role("button", name="Ask to join").click()
    expect(card(page, "Gina Holt")).to_contain_text(f"Guest of {house.workspace} · verified")


def test_what_a_guest_types_is_text_and_nothing_else(house: House, page: Page) -> None:
    name, message = "<b>Nora</b>", "<img src=x onerror=document.title='owned'>"
    house.guest(name, message)
    shown = card(page, name)
    expect(shown).to_contain_text(message)
    assert shown.locator("img, b").count() == 0


def test_the_pop_up_speaks_the_pages_language(house: House, somebody: Somebody) -> None:
    page = listening(somebody(house.sign_in(house.owner), locale="fr-FR").opens("/people"))
    house.guest("Nora Adams")
    shown = page.get_by_role("region", name="À votre porte").get_by_role("group", name="Nora Adams")
    expect(shown).to_contain_text("Sans compte")
    expect(shown.get_by_role("button", name="Accepter Nora Adams")).to_be_visible()


# ── Deciding ──


def test_accepted_says_so_and_offers_to_join(house: House, page: Page) -> None:
    guest = house.guest("Nora Adams")
    press(page, "Accept Nora Adams")
    expect(pop_up(page)).to_contain_text("Accepted.")
    expect(pop_up(page).get_by_role("link", name="Join now")).to_have_attribute("href", f"/m/{house.slug}")
    assert guest.knock["state"] == "admitted"
    expect(pop_up(page).get_by_text("Accepted.")).to_be_hidden(timeout=6_000)


def test_a_word_reaches_who_is_put_on_hold_and_who_is_refused(house: House, page: Page) -> None:
    first, second = house.guest("Ann"), house.guest("Ben")
    press(page, "Hold Ann, with a word for them")
    page.keyboard.type("Five minutes, please.")
    page.keyboard.press("Enter")
    expect(pop_up(page)).to_contain_text("Ann is on hold.")
    assert (first.knock["held"], first.knock["reply"]) == (True, "Five minutes, please.")
    press(page, "Refuse Ben, with a word for them")
    page.get_by_label("A word for Ben").fill("Tomorrow at ten?")
    page.wait_for_timeout(STILL)
    pop_up(page).get_by_role("button", name="Refuse", exact=True).click()
    expect(pop_up(page)).to_contain_text("Refused.")
    assert (second.knock["state"], second.knock["reason"]) == ("refused", "Tomorrow at ten?")
    expect(pop_up(page).get_by_role("button", name="On hold: 1")).to_be_visible()


def test_accept_all_lets_everybody_in_who_is_on_the_list_and_not_on_hold(house: House, page: Page) -> None:
    guests = [house.guest(name) for name in ("Ann", "Ben", "Cleo", "Dan")]
    press(page, "See all")
    press(page, "Hold Dan")
    press(page, "Accept all (3)")
    expect(pop_up(page)).to_contain_text("Accepted: 3.")
    assert [guest.knock["state"] for guest in guests] == ["admitted"] * 3 + ["waiting"]


def test_an_admission_can_be_taken_back_until_the_guest_has_connected(house: House, page: Page) -> None:
    guest = house.guest("Nora Adams")
    press(page, "Accept Nora Adams")
    press(page, "On the way: 1")
    press(page, "Take back")
    expect(pop_up(page)).to_contain_text("Taken back. Nora Adams can ask again.")
    assert guest.knock["state"] == "withdrawn"


def test_in_a_full_meeting_the_guest_keeps_waiting_and_the_owner_reads_why(
    build_house: Callable[..., House], somebody: Somebody
) -> None:
    small = build_house(seats=2)
    page = listening(somebody(small.sign_in(small.owner)).opens("/people"))
    small.guest("Ann")
    second = small.guest("Ben")
    press(page, "Accept Ann")
    press(page, "Accept Ben")
    expect(pop_up(page)).to_contain_text("The meeting is full. Ben keeps waiting.")
    assert second.knock["state"] == "waiting"


def test_the_first_decision_closes_every_other_pop_up_and_says_who_decided(
    house: House, owner: Person, somebody: Somebody
) -> None:
    pages = [listening(owner.opens("/people")), listening(owner.opens("/"))]
    pages.append(listening(somebody(house.sign_in(house.owner)).opens("/preferences")))
    house.guest("Nora Adams")
    for page in pages:
        expect(card(page, "Nora Adams")).to_be_visible()
    press(pages[0], "Refuse Nora Adams", exact=True)
    expect(pop_up(pages[0])).to_contain_text("Refused.")
    for page in pages[1:]:
        expect(pop_up(page)).to_contain_text("Olga Owner refused Nora Adams on another page.")
        expect(card(page, "Nora Adams")).to_be_hidden()


# ── Nobody admits the wrong person ──


def test_presses_in_the_first_half_second_do_nothing(house: House, page: Page) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    guest = house.guest("Nora Adams")
    accept = pop_up(page).get_by_role("button", name="Accept Nora Adams")
    accept.wait_for()
    page.clock.run_for(450)
    accept.dispatch_event("click")
    page.clock.run_for(20)
    assert guest.knock["state"] == "waiting"
    page.clock.run_for(100)
    accept.dispatch_event("click")
    until(page, lambda: guest.knock["state"] == "admitted", "admitted")


def test_the_card_under_the_pointer_never_changes_by_itself(house: House, page: Page) -> None:
    first, second = house.guest("Ann"), house.guest("Ben")
    card(page, "Ann").hover()
    first.withdraw()
    expect(card(page, "Ann")).to_contain_text("Ann is no longer waiting.")
    expect(pop_up(page).get_by_role("button", name="Accept")).to_have_count(0)
    page.mouse.move(5, 5)
    expect(card(page, "Ben")).to_be_visible()
    assert second.knock["state"] == "waiting"


def test_the_card_with_the_focus_never_changes_by_itself(house: House, page: Page) -> None:
    first, _second = house.guest("Ann"), house.guest("Ben")
    expect(card(page, "Ann")).to_be_visible()
    page.keyboard.press("Alt+Shift+KeyD")
    page.keyboard.press("Tab")
    first.withdraw()
    expect(card(page, "Ann")).to_contain_text("Ann is no longer waiting.")
    press(page, "OK")
    expect(card(page, "Ben")).to_be_visible()


# ── By keyboard and by ear ──


def test_it_never_takes_the_focus_from_what_is_being_typed_and_works_by_keyboard(house: House, page: Page) -> None:
    page.evaluate("document.querySelector('main').prepend(document.createElement('input'))")
    field = page.locator("main input")
    field.click()
    page.keyboard.type("Dear ")
    guest = house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    page.keyboard.type("Colin")
    assert field.input_value() == "Dear Colin"
    page.keyboard.press("Alt+Shift+KeyD")
    page.wait_for_timeout(STILL)
    # Put away, hold, hold with a word, refuse, refuse with a word, accept.
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(pop_up(page)).to_contain_text("Accepted.")
    assert guest.knock["state"] == "admitted"


def test_the_focus_returns_to_where_it_was(house: House, page: Page) -> None:
    page.evaluate("document.querySelector('main').prepend(document.createElement('input'))")
    field = page.locator("main input")
    field.click()
    guest = house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    page.keyboard.press("Alt+Shift+KeyD")
    guest.withdraw()
    press_by_key(page, "OK")
    expect(pop_up(page)).to_be_hidden(timeout=6_000)
    expect(field).to_be_focused()


def press_by_key(page: Page, name: str) -> None:
    page.wait_for_timeout(STILL)
    pop_up(page).get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_escape_puts_it_away_until_somebody_new_rings(house: House, page: Page) -> None:
    house.guest("Ann")
    expect(card(page, "Ann")).to_be_visible()
    page.keyboard.press("Alt+Shift+KeyD")
    page.keyboard.press("Escape")
    expect(pop_up(page).get_by_role("button", name="Waiting: 1")).to_be_visible()
    house.guest("Ben")
    expect(card(page, "Ann")).to_be_visible()


def test_a_screen_reader_is_told(house: House, page: Page) -> None:
    house.guest("Nora Adams")
    expect(page.locator("door-bell [role=status]")).to_have_text("Nora Adams is at your door.")
    press(page, "Refuse Nora Adams", exact=True)
    expect(page.locator("door-bell [role=status]")).to_have_text("Refused.")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_wrong_with_it(house: House, owner: Person, language: str, width: int) -> None:
    say = owner.reads(language)
    page = listening(owner.opens("/people"))
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(reduced_motion="reduce")
    house.guest("Colin Reyes", "Hello")
    house.guest("Ben")
    expect(card(page, "Colin Reyes")).to_be_visible()
    assert axe(page, "door-bell") == []
    press(page, say("Refuse %(name)s, with a word for them", name="Colin Reyes"))
    assert axe(page, "door-bell") == []
    page.keyboard.press("Escape")
    press(page, say("See all"))
    assert axe(page, "door-bell") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ── Many pages, one line ──


def test_ten_tabs_over_http_1_1_load_and_ring(house: House, owner: Person) -> None:
    pages = [listening(owner.opens("/people")) for _ in range(10)]
    assert owner.asked_for("/api/v1/doorbell/events") == 1
    pages[3].mouse.click(5, 5)
    pages[3].wait_for_timeout(200)
    house.guest("Nora Adams")
    for page in pages:
        expect(card(page, "Nora Adams")).to_be_visible()
        expect(page).to_have_title(COUNTED)
    pages[3].wait_for_function("window.noted.notes === 2")
    pages[0].wait_for_timeout(1_500)
    # One of them sounds: the one used last.
    assert [notes(page) for page in pages] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 0]


def test_when_the_tab_that_listens_is_closed_another_takes_over(house: House, owner: Person) -> None:
    pages = [listening(owner.opens("/people")) for _ in range(3)]
    pages[0].close()
    until(pages[1], lambda: owner.asked_for("/api/v1/doorbell/events") == 2, "a new stream")
    house.guest("Nora Adams")
    for page in pages[1:]:
        expect(card(page, "Nora Adams")).to_be_visible()


def test_a_page_that_is_left_and_returned_to_gives_the_line_away_and_hears_again(house: House, owner: Person) -> None:
    left, stays = listening(owner.opens("/people")), listening(owner.opens("/people"))
    left.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    until(stays, lambda: owner.asked_for("/api/v1/doorbell/events") == 2, "a new stream")
    house.guest("Nora Adams")
    expect(card(stays, "Nora Adams")).to_be_visible()
    expect(card(left, "Nora Adams")).to_be_hidden()
    left.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(card(left, "Nora Adams")).to_be_visible()
    assert owner.asked_for("/api/v1/doorbell/events") == 2


def test_a_visible_tab_takes_the_line_from_one_that_the_browser_has_frozen(house: House, owner: Person) -> None:
    frozen = listening(owner.opens("/people"))
    page = owner.context.new_page()
    page.clock.install()
    page.goto("/people")
    listening(page)
    devtools = owner.context.new_cdp_session(frozen)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.clock.run_for(46_000)
    until(page, lambda: owner.asked_for("/api/v1/doorbell/events") == 2, "its own stream")
    house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(card(frozen, "Nora Adams")).to_be_visible()
    # Back in line, it hears from the other and opens no second stream.
    press(frozen, "Refuse Nora Adams", exact=True)
    expect(pop_up(page)).to_contain_text("Olga Owner refused Nora Adams on another page.")
    assert owner.asked_for("/api/v1/doorbell/events") == 2


def test_a_stream_that_was_cut_comes_back_by_itself_with_the_truth(
    house: House, somebody: Somebody, wire: Wire
) -> None:
    owner = somebody(house.sign_in(house.owner), wire.url)
    owner.expects(r"ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET)")
    page = listening(owner.opens("/people"))
    gone, stays = house.guest("Ann"), house.guest("Ben")
    expect(card(page, "Ann")).to_be_visible()
    wire.silence()
    gone.withdraw()
    house.guest("Cleo")
    page.wait_for_timeout(500)
    expect(card(page, "Ann")).to_be_visible()
    wire.flow()
    expect(card(page, "Ben")).to_be_visible()
    expect(pop_up(page)).to_contain_text("One more is waiting")
    press(page, "Accept Ben")
    assert stays.knock["state"] == "admitted"


def test_a_line_that_died_without_a_word_is_noticed(house: House, somebody: Somebody, wire: Wire) -> None:
    owner = somebody(house.sign_in(house.owner), wire.url)
    owner.expects(r"ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|ABORTED)")
    page = owner.context.new_page()
    page.clock.install()
    page.goto("/people")
    listening(page)
    until(page, lambda: owner.asked_for("/api/v1/doorbell/events") == 1, "its stream")
    page.wait_for_timeout(500)
    wire.silence()
    # No break, no end: only the heartbeats are missing.
    page.clock.run_for(46_000)
    until(page, lambda: owner.asked_for("/api/v1/doorbell/events") == 2, "another try")
    page.clock.run_for(11_000)
    expect(pop_up(page)).to_contain_text("Your doorbell is interrupted.")
    house.guest("Nora Adams")
    wire.flow()
    page.clock.run_for(16_000)
    expect(card(page, "Nora Adams")).to_be_visible()
    expect(pop_up(page)).not_to_contain_text("interrupted")


def test_a_server_that_restarts_is_found_again(
    own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server(VESTIBULE_KNOCKS_PER_MINUTE="0")
    house = build_house(server)
    owner = somebody(house.sign_in(house.owner), server.url)
    owner.expects(r"ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET)")
    page = listening(owner.opens("/people"))
    guest = house.guest("Nora Adams")
    expect(card(page, "Nora Adams")).to_be_visible()
    server.stop()
    server.start()
    second = house.guest("Ben")
    expect(pop_up(page)).to_contain_text("One more is waiting", timeout=20_000)
    press(page, "Accept Nora Adams")
    expect(pop_up(page)).to_contain_text("Accepted.")
    assert (guest.knock["state"], second.knock["state"]) == ("admitted", "waiting")


def test_who_signs_out_on_one_page_is_told_on_the_others(house: House, owner: Person) -> None:
    pages = [listening(owner.opens("/people")) for _ in range(2)]
    pages[0].evaluate("fetch('/api/v1/session', {method: 'DELETE'})")
    for page in pages:
        expect(pop_up(page)).to_contain_text("You have been signed out.")
        expect(pop_up(page).get_by_role("link", name="Sign in")).to_have_attribute("href", "/sign-in?next=%2Fpeople")


def test_two_accounts_one_after_the_other_in_one_browser_never_see_each_others_door(
    house: House, somebody: Somebody, wire: Wire
) -> None:
    browser = somebody(house.sign_in(house.owner), wire.url)
    browser.expects(r"ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET)")
    with browser.context.expect_event("response", lambda response: "doorbell/events" in response.url):
        old = listening(browser.opens("/people"))
    browser.signs_in(house.sign_in(house.colleague))
    new = listening(browser.opens("/people"))
    house.guest("Nora Adams")
    expect(card(old, "Nora Adams")).to_be_visible()
    new.wait_for_timeout(500)
    expect(card(new, "Nora Adams")).to_be_hidden()
    # The old page's line comes back with the new account's cookie: it is not its page.
    wire.cut()
    expect(pop_up(old)).to_contain_text("You are signed in as somebody else now.")
    expect(card(old, "Nora Adams")).to_be_hidden()


# ── A crowd, and a pause ──


def test_a_crowd_is_a_number_and_is_refused_together_by_two_presses(house: House, page: Page) -> None:
    guests = [house.guest(f"Visitor {number}") for number in range(1, 7)]
    expect(pop_up(page)).to_contain_text("6 people are waiting")
    shown = card(page, "Visitor 1")
    shown.hover()
    late = house.guest("Late")
    expect(pop_up(page)).to_contain_text("7 people are waiting")
    expect(shown).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(7\) "))
    press(page, "Refuse all", exact=True)
    expect(pop_up(page).get_by_role("button", name="Cancel")).to_be_focused()
    expect(pop_up(page)).to_contain_text("They can ask again.")
    assert {guest.knock["state"] for guest in guests} == {"waiting"}, "it asks first"
    press(page, "Refuse all (7)", exact=True)
    expect(pop_up(page)).to_contain_text("Refused: 7.")
    assert {guest.knock["state"] for guest in [*guests, late]} == {"refused"}
    expect(page).to_have_title(UNCOUNTED)
    late.ask("Late")
    expect(card(page, "Late")).to_be_visible()


def test_refusing_all_can_be_left_and_is_done_by_keyboard(house: House, page: Page) -> None:
    guests = [house.guest(f"Visitor {number}") for number in range(1, 7)]
    refuse = pop_up(page).get_by_role("button", name="Refuse all", exact=True)
    refuse.wait_for()
    page.wait_for_timeout(STILL)
    refuse.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(refuse).to_be_visible()
    page.wait_for_timeout(STILL)
    refuse.focus()
    page.keyboard.press("Enter")
    expect(pop_up(page).get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_timeout(STILL)
    page.keyboard.press("Enter")
    expect(page.locator("door-bell [role=status]")).to_have_text("Refused: 6.")
    assert {guest.knock["state"] for guest in guests} == {"refused"}


def test_of_thousands_the_list_shows_the_first_and_the_page_stays_quick(house: House, owner: Person) -> None:
    house.crowd(5_000)
    page = listening(owner.opens("/people"))
    expect(pop_up(page)).to_contain_text("5,000 people are waiting")
    press(page, "See all")
    expect(pop_up(page).get_by_role("listitem")).to_have_count(51)
    expect(pop_up(page)).to_contain_text("4,950 more came after them.")
    # Somebody else moves up when one is answered.
    press(page, "Refuse Visitor 0", exact=True)
    expect(pop_up(page)).to_contain_text("4,999 people are waiting")
    expect(pop_up(page)).to_contain_text("4,949 more came after them.")
    press(page, "Refuse all", exact=True)
    press(page, "Refuse all (4,999)", exact=True)
    expect(pop_up(page)).to_contain_text("Refused: 4,999.", timeout=30_000)
    expect(pop_up(page)).to_be_hidden(timeout=30_000)


def test_knocking_is_paused_and_opened_again_and_every_page_says_so(house: House, owner: Person, page: Page) -> None:
    for number in range(1, 7):
        house.guest(f"Visitor {number}")
    other = listening(owner.opens("/"))
    press(page, "Pause knocking")
    for one in (page, other):
        expect(pop_up(one)).to_contain_text("Knocking is paused: nobody new can ask.")
    with pytest.raises(HTTPError):
        house.guest("Late")
    press(page, "Accept Visitor 1", exact=True)
    expect(pop_up(page)).to_contain_text("Accepted.")
    preferences = listening(owner.opens("/preferences"))
    preferences.get_by_role("main").get_by_role("button", name="Open again").click()
    expect(preferences.get_by_role("main").get_by_role("button", name="Pause knocking")).to_be_visible()
    expect(pop_up(page)).not_to_contain_text("Knocking is paused")
    house.guest("Late")


@pytest.mark.parametrize(("width", "language"), [(360, "fr"), (1280, "en"), (1280, "fr")])
def test_axe_finds_nothing_wrong_with_a_crowd(house: House, owner: Person, width: int, language: str) -> None:
    say = owner.reads(language)
    page = listening(owner.opens("/people"))
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(reduced_motion="reduce")
    for number in range(1, 8):
        house.guest(f"Visitor {number}")
    expect(pop_up(page)).to_contain_text(say("%(count)s people are waiting", count=7))
    assert axe(page, "door-bell") == []
    press(page, say("Refuse all"), exact=True)
    assert axe(page, "door-bell") == []
    page.keyboard.press("Escape")
    press(page, say("Pause knocking"))
    expect(pop_up(page)).to_contain_text(say("Knocking is paused: nobody new can ask."))
    assert axe(page, "door-bell") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert pop_up(page).bounding_box()["height"] <= 740
