"""Beside the talking: chat, raised hands, reactions, and the list of people with its door. Participants are real."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.house import House
from tests.browser.people import Person, axe, until
from tests.browser.sender import Sender, a_sender
from tests.browser.server import Vestibule
from tests.browser.test_meeting import admit, bar, join, knock_of, knocks, let_in, tile

Somebody = Callable[..., Person]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
# Each of these texts is written and sent, in one moment.
WRITE = """
(box, texts) => {
  for (const text of texts) {
    box.value = text;
    box.dispatchEvent(new InputEvent("input", {bubbles: true}));
    box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
  }
}
"""
MARKUP = '<img src="x" onerror="document.title=1"><script>document.title = 2</script><b>bold</b>'


@pytest.fixture
def colleague(house: House, somebody: Somebody) -> Person:
    return somebody(house.sign_in(house.colleague))


@pytest.fixture
def stranger(house: House, owner: Person, vestibule: Vestibule) -> Iterator[Sender]:
    """Guest Eve, let in, whose program is not our page."""
    eve = house.guest("Eve")
    admit(owner, eve.id)
    with a_sender(vestibule, eve.entry()) as sender:
        yield sender


def control(page: Page, name: str) -> Locator:
    return bar(page).locator(f'[data-control="{name}"]')


def chat(page: Page) -> Locator:
    return page.locator("chat-panel")


def messages(page: Page) -> Locator:
    return chat(page).locator(".message")


def people(page: Page) -> Locator:
    return page.locator("people-panel")


def row(page: Page, name: str) -> Locator:
    return people(page).locator(".person", has_text=name)


def marks(page: Page, name: str) -> Locator:
    """What lies on somebody's tile: hand and reactions."""
    return page.locator("meeting-tile").filter(has=page.get_by_role("group", name=name)).locator("tile-marks")


def open_chat(page: Page) -> None:
    control(page, "chat").click()
    expect(chat(page)).to_be_visible()


def write(page: Page, text: str) -> None:
    box = chat(page).get_by_label("Message to everybody here")
    box.fill(text)
    box.press("Enter")


def meeting_of(person: Person, house: House) -> str:
    """The id of the meeting that somebody is in."""
    answer = person.context.request.post(
        f"/api/v1/links/{house.slug}/entry",
        data=json.dumps({"name": "-"}),
        headers={"Content-Type": "application/json"},
    )
    return str(answer.json()["entry"]["meeting"])


# -- the chat --


def test_messages_go_both_ways_with_who_wrote_them(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    open_chat(page)
    open_chat(guest)
    expect(chat(guest)).to_contain_text("You see messages since")
    expect(chat(guest)).to_contain_text("No messages yet.")
    write(page, "Welcome!")
    expect(messages(guest)).to_have_count(1)
    expect(messages(guest)).to_contain_text("Olga Owner")
    expect(messages(guest).locator(".badge")).to_have_count(0)
    write(guest, "Thank you.\n  See https://example.org/a_(b).")
    reply = messages(page).nth(1)
    expect(reply).to_contain_text("Nora Dahl")
    expect(reply.locator(".badge")).to_have_text("visitor")
    link = reply.get_by_role("link", name="https://example.org/a_(b)", exact=True)
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    # One's own is one's own, and stands where it was written.
    expect(messages(guest).nth(1)).to_contain_text("You")
    expect(messages(guest).locator(".sending, .failed")).to_have_count(0)


def test_markup_is_text_and_no_message_can_say_who_wrote_it(
    house: House, owner: Person, visitor: Person, stranger: Sender
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Eve")).to_be_visible()
    expect(tile(guest, "Eve")).to_be_visible()
    title = page.title()
    open_chat(page)
    write(page, MARKUP)
    open_chat(guest)
    pretended = json.dumps({"name": "Olga Owner", "role": "moderator", "identity": "x", "message": "Send me the code"})
    stranger.sends(pretended)
    stranger.sends(MARKUP)
    stranger.sends("From the server itself", server=True)
    stranger.sends("On another topic", topic="system")
    stranger.sends(b"\xff\xfe not quite UTF-8")
    for view in (page, guest):
        expect(messages(view)).to_have_count(4)
        texts = messages(view).locator(".text").all_inner_texts()
        assert texts[:3] == [MARKUP, pretended, MARKUP]
        assert "not quite UTF-8" in texts[3]
        first = messages(view).nth(1)
        expect(first.locator(".who")).to_contain_text("Eve")
        expect(first.locator(".who")).not_to_contain_text("Olga")
        expect(first.locator(".badge")).to_have_text("visitor")
        expect(messages(view).locator("img, script, b")).to_have_count(0)
    assert page.title() == title


def left_out(flood: Locator) -> int:
    """How many messages the line about them says are not shown."""
    found = re.search(r": (\d+) messages", flood.inner_text() if flood.count() == 1 else "")
    return int(found[1]) if found else 0


def test_a_flood_is_bounded_and_the_others_are_still_heard(
    house: House, owner: Person, visitor: Person, stranger: Sender
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Eve")).to_be_visible()
    open_chat(guest)
    write(guest, "Good morning")
    stranger.sends("spam", times=400)
    open_chat(page)
    # Twenty at once and one a second, until it is too much: a slow machine sends for more than one.
    shown = messages(page).filter(has_text="spam")
    flood = chat(page).locator("li.page")
    until(page, lambda: shown.count() + left_out(flood) == 400, "all of them have come", seconds=30)
    assert 20 <= shown.count() <= 40
    expect(flood).to_have_count(1)
    write(guest, "Is this Eve a machine?")
    expect(messages(page).last).to_contain_text("Is this Eve a machine?")
    page.wait_for_timeout(1_500)
    stranger.sends("x" * 9_000 + "the end")
    expect(messages(page).last).to_contain_text("This message is too long: the rest is not shown.")
    assert len(messages(page).last.locator(".text").inner_text()) == 2_000


def test_the_box_says_what_cannot_be_sent(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    open_chat(page)
    open_chat(guest)
    write(guest, "x" * 2_001)
    expect(chat(guest).get_by_role("alert")).to_have_text("One character too many.")
    expect(messages(guest)).to_have_count(0)
    # Faster than anybody types, and than Playwright does on a busy machine.
    chat(guest).get_by_label("Message to everybody here").evaluate(WRITE, ["0", "1", "2", "3", "4", "one more"])
    expect(chat(guest).get_by_role("alert")).to_have_text("That was fast. Wait a moment, then send it.")
    expect(chat(guest).get_by_label("Message to everybody here")).to_have_value("one more")
    expect(messages(page)).to_have_count(5)
    write(guest, "   ")
    expect(messages(page)).to_have_count(5)


def test_new_messages_are_counted_until_the_chat_is_open(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    open_chat(guest)
    expect(control(page, "chat")).to_have_attribute("aria-label", "Chat")
    write(guest, "one")
    expect(control(page, "chat")).to_have_attribute("aria-label", "Chat, 1 new message")
    expect(page.get_by_role("status").filter(has_text="Nora Dahl writes: one")).to_have_count(1)
    write(guest, "two")
    expect(control(page, "chat").locator(".count")).to_have_text("2")
    open_chat(page)
    expect(control(page, "chat").locator(".count")).to_have_count(0)
    write(guest, "three")
    expect(messages(page)).to_have_count(3)
    expect(control(page, "chat")).to_have_attribute("aria-label", "Chat")


def test_a_reload_keeps_the_chat_and_who_comes_late_sees_it_from_then_on(
    house: House, owner: Person, visitor: Person, colleague: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    open_chat(page)
    open_chat(guest)
    write(page, "Before")
    expect(messages(guest)).to_have_count(1)
    chat(guest).get_by_label("Message to everybody here").fill("half a thou")
    guest.reload()
    expect(bar(guest)).to_be_visible()
    open_chat(guest)
    expect(messages(guest)).to_contain_text("Before")
    expect(chat(guest)).to_contain_text("What was written meanwhile is not shown.")
    expect(chat(guest).get_by_label("Message to everybody here")).to_have_value("half a thou")

    late = join(colleague, house)
    open_chat(late)
    expect(chat(late)).to_contain_text("No messages yet.")
    write(page, "After")
    expect(messages(late)).to_have_count(1)
    expect(messages(guest).nth(1)).to_contain_text("After")
    # Whoever uses this tab next finds nothing of it.
    assert "Before" in guest.evaluate("JSON.stringify(sessionStorage)")
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("You left the meeting.")
    assert "Before" not in guest.evaluate("JSON.stringify(sessionStorage)")


def test_where_chat_is_for_moderators_the_box_says_so(
    house: House, owner: Person, visitor: Person, stranger: Sender
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Eve")).to_be_visible()
    open_chat(page)
    open_chat(guest)
    meeting = meeting_of(owner, house)

    def set_chat(who: str) -> None:
        path = f"/api/v1/meetings/{meeting}/setup"
        version = owner.context.request.get(path).json()["version"]
        body = json.dumps({"version": version, "chat": who})
        headers = {"Content-Type": "application/json"}
        assert owner.context.request.fetch(path, method="PATCH", data=body, headers=headers).ok

    set_chat("moderators")
    expect(chat(guest)).to_contain_text("Only moderators can write here at the moment.")
    expect(chat(guest).get_by_role("textbox")).to_have_count(0)
    # Nor does another program write there.
    stranger.sends("I write all the same")
    write(page, "Please listen")
    expect(messages(guest)).to_have_count(1)
    expect(messages(guest)).to_contain_text("Please listen")
    expect(messages(page)).to_have_count(1)
    set_chat("everyone")
    expect(chat(guest).get_by_role("textbox")).to_be_visible()
    write(guest, "I did")
    expect(messages(page).nth(1)).to_contain_text("I did")


# -- hands and reactions --


def test_hands_have_one_order_on_every_page(house: House, owner: Person, visitor: Person, colleague: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    third = join(colleague, house)
    control(guest, "hand").click()
    expect(control(guest, "hand")).to_have_attribute("aria-label", "Lower your hand")
    expect(page.get_by_role("status").filter(has_text="Nora Dahl raises a hand.")).to_have_count(1)
    control(third, "hand").click()
    expect(control(third, "hand")).to_have_attribute("aria-label", "Lower your hand (you are number 2)")
    for view in (page, guest, third):
        control(view, "people").click()
        expect(people(view).locator(".raised")).to_have_text(["1", "2"])
        names = people(view).locator(".person .name").all_inner_texts()
        assert [name.split(" (")[0] for name in names[:2]] == ["Nora Dahl", "Colin Reyes"]
    expect(marks(page, "Nora Dahl").get_by_role("img", name="Hand raised, number 1")).to_be_visible()
    expect(marks(page, "Colin Reyes").get_by_role("img", name="Hand raised, number 2")).to_be_visible()
    # It goes down, and the next is first.
    control(guest, "hand").click()
    expect(control(third, "hand")).to_have_attribute("aria-label", "Lower your hand")
    expect(marks(page, "Nora Dahl").get_by_role("img", name="Hand raised")).to_have_count(0)
    # A reload changes nothing of it.
    third.reload()
    expect(control(third, "hand")).to_have_attribute("aria-label", "Lower your hand")


def test_a_reaction_rises_on_its_senders_tile_and_goes(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    control(guest, "reactions").click()
    guest.get_by_role("button", name="Applause").click()
    for view in (page, guest):
        expect(marks(view, "Nora Dahl").locator(".reaction")).to_have_text("👏")
        expect(marks(view, "Olga Owner").locator(".reaction")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Nora Dahl: Applause.")).to_have_count(1)
    expect(marks(page, "Nora Dahl").locator(".reaction")).to_have_count(0, timeout=4_500)
    # By keyboard alone, and never more than the server takes.
    guest.keyboard.press("ArrowRight")
    for _ in range(9):
        guest.keyboard.press("Enter")
    expect(marks(page, "Nora Dahl").locator(".reaction").first).to_have_text("❤️")
    assert marks(page, "Nora Dahl").locator(".reaction").count() <= 3
    guest.keyboard.press("Escape")
    expect(guest.get_by_role("button", name="Applause")).to_have_count(0)
    expect(control(guest, "reactions")).to_be_focused()


# -- people --


def test_the_list_says_who_is_here_and_how(house: House, owner: Person, visitor: Person, colleague: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    join(colleague, house)
    control(page, "people").click()
    expect(people(page)).to_contain_text("In the meeting: 3")
    expect(row(page, "Olga Owner (you)")).to_contain_text("Host")
    expect(row(page, "Colin Reyes")).to_contain_text("Moderator")
    expect(row(page, "Nora Dahl").locator(".badge")).to_have_text("visitor")
    expect(row(page, "Nora Dahl")).to_contain_text("microphone on, camera on")
    guest.get_by_role("button", name="Turn the microphone off").click()
    guest.get_by_role("button", name="Turn the camera off").click()
    expect(row(page, "Nora Dahl")).to_contain_text("microphone off, camera off")
    # Guests see the same people, and nothing of the door.
    house.guest("Someone Else")
    control(guest, "people").click()
    expect(people(guest)).to_contain_text("In the meeting: 3")
    expect(people(page)).to_contain_text("Someone Else")
    expect(people(guest)).not_to_contain_text("Someone Else")
    guest.get_by_role("button", name="Leave").click()
    expect(people(page)).to_contain_text("In the meeting: 2")


def test_who_waits_is_let_in_from_the_list(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    control(page, "people").click()
    guest = knocks(visitor, house)
    line = people(page).locator("[data-knock]", has_text="Nora Dahl")
    expect(line).to_contain_text("No account")
    # Once on the page, not twice: the pop-up leaves them to the list.
    pop_up = page.get_by_role("region", name="At your door", exact=True)
    expect(pop_up).not_to_be_visible()
    expect(guest.locator(".line")).to_contain_text("Olga Owner has seen your request.")
    page.wait_for_timeout(600)
    line.get_by_role("button", name="Accept Nora Dahl").click()
    expect(bar(guest)).to_be_visible()
    expect(row(page, "Nora Dahl").locator(".badge")).to_have_text("visitor")
    expect(line).to_have_count(0)
    expect(pop_up).not_to_contain_text("another page")


def test_who_was_let_in_and_has_not_connected_is_on_the_list_until_they_have(house: House, owner: Person) -> None:
    page = join(owner, house)
    eve = house.guest("Eve", "Hello, it is me.")
    expect(control(page, "people")).to_have_attribute("aria-label", "People, 1 waiting at the door")
    control(page, "people").click()
    line = people(page).locator("[data-knock]", has_text="Eve")
    expect(line).to_contain_text("“Hello, it is me.”")
    page.wait_for_timeout(600)
    line.get_by_role("button", name="Accept Eve").click()
    expect(line).to_contain_text("let in, on the way")
    expect(control(page, "people")).to_have_attribute("aria-label", "People")
    page.wait_for_timeout(600)
    line.get_by_role("button", name="Take the invitation of Eve back").click()
    page.mouse.move(10, 10)
    expect(line).to_have_count(0)
    assert eve.knock["state"] == "withdrawn"
    # Somebody else is refused, by keyboard.
    max_ = house.guest("Max")
    refuse = people(page).get_by_role("button", name="Refuse Max")
    expect(refuse).to_be_visible()
    page.wait_for_timeout(600)
    refuse.press("Enter")
    until(page, lambda: max_.knock["state"] == "refused", "Max is refused")


def test_nobody_is_let_in_by_a_slip_of_the_list(house: House, owner: Person) -> None:
    page = join(owner, house)
    control(page, "people").click()
    ann, ben = house.guest("Ann"), house.guest("Ben")
    accept = people(page).get_by_role("button", name="Accept Ann")
    accept.hover()
    page.wait_for_timeout(600)
    ann.withdraw()
    line = people(page).locator("[data-knock]", has_text="Ann")
    expect(line).to_contain_text("No longer at the door")
    where = people(page).get_by_role("button", name="Accept Ben").bounding_box()
    assert where is not None
    # Ben stays where he was while the pointer is on the list, and takes no press right after the lines moved.
    page.mouse.move(10, 10)
    expect(line).to_have_count(0)
    people(page).get_by_role("button", name="Accept Ben").click()
    page.wait_for_timeout(300)
    assert ben.knock["state"] == "waiting"


def test_the_link_is_there_to_copy(house: House, owner: Person, visitor: Person, vestibule: Vestibule) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    for view, person in ((page, owner), (guest, visitor)):
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        control(view, "people").click()
        people(view).get_by_role("button", name="Copy").click()
        expect(people(view).get_by_role("button", name="Copied")).to_be_visible()
        assert view.evaluate("navigator.clipboard.readText()") == f"{vestibule.url}/m/{house.slug}"


# -- for everybody --


def test_one_panel_at_a_time_and_the_focus_goes_with_its_reader(house: House, owner: Person) -> None:
    page = join(owner, house)
    control(page, "chat").click()
    expect(page.get_by_role("region", name="Chat")).to_be_visible()
    expect(chat(page).get_by_label("Message to everybody here")).to_be_focused()
    control(page, "people").click()
    expect(people(page).get_by_role("heading", name="People")).to_be_focused()
    expect(chat(page)).to_have_count(0)
    expect(control(page, "people")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(people(page)).to_have_count(0)
    expect(control(page, "people")).to_be_focused()
    expect(control(page, "people")).to_have_attribute("aria-expanded", "false")
    # A knock opens the pop-up beside the chat, not on it.
    control(page, "chat").click()
    house.guest("Nora Dahl")
    pop_up = page.get_by_role("region", name="At your door", exact=True)
    expect(pop_up).to_contain_text("Nora Dahl")
    box, panel = pop_up.bounding_box(), chat(page).bounding_box()
    assert box is not None
    assert panel is not None
    assert box["x"] + box["width"] <= panel["x"]


def test_on_a_phone_chat_people_and_reactions_are_under_more(
    house: House, owner: Person, somebody: Somebody, visitor: Person
) -> None:
    phone = somebody(house.sign_in(house.colleague), **PHONE)
    page = join(owner, house)
    small = join(phone, house)
    expect(tile(page, "Colin Reyes")).to_be_visible()
    open_chat(page)
    write(page, "Hello")
    more = control(small, "more")
    expect(more).to_have_attribute("aria-label", "More (Chat, 1 new message)")
    more.click()
    small.get_by_role("button", name="Celebration").click()
    expect(marks(page, "Colin Reyes").locator(".reaction")).to_have_text("🎉")
    small.locator("#more").get_by_role("button", name="Chat, 1 new message").click()
    expect(messages(small)).to_contain_text("Hello")
    # The bar stays in the thumb's reach, and nothing is wider than the window.
    for name in ("microphone", "hand", "more", "leave"):
        expect(control(small, name)).to_be_in_viewport(ratio=1)
    expect(chat(small).get_by_label("Message to everybody here")).to_be_in_viewport(ratio=1)
    assert small.evaluate("document.documentElement.scrollWidth") <= 360
    write(small, "Hello from a phone")
    expect(messages(page)).to_have_count(2)
    assert axe(small) == []
    # The keyboard takes half the window: what is left is for the chat.
    small.set_viewport_size({"width": 360, "height": 300})
    expect(bar(small)).not_to_be_visible()
    expect(messages(small).last).to_be_in_viewport()
    small.set_viewport_size({"width": 360, "height": 640})
    expect(bar(small)).to_be_visible()
    chat(small).get_by_role("button", name="Close").click()
    expect(more).to_be_focused()
    more.click()
    small.locator("#more").get_by_role("button", name="People").click()
    expect(people(small)).to_contain_text("Olga Owner")
    assert axe(small) == []


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "fr")])
def test_axe_finds_nothing_wrong_beside_the_stage(
    house: House, somebody: Somebody, visitor: Person, scheme: Any, language: str
) -> None:
    owner = somebody(house.sign_in(house.owner), color_scheme=scheme)
    page = join(owner, house)
    if language == "fr":
        owner.context.add_cookies([{"name": "language", "value": "fr", "url": owner.url}])
        page.reload()
        expect(page.get_by_role("toolbar", name="Commandes de la réunion")).to_be_visible()
    guest = knocks(visitor, house)
    admit(owner, knock_of(visitor, house)["id"])
    expect(bar(guest)).to_be_visible()
    bar_ = page.get_by_role("toolbar")
    open_chat(guest)
    write(guest, f"Hello {MARKUP} https://example.org")
    control(guest, "hand").click()
    bar_.locator('[data-control="chat"]').click()
    expect(page.locator("chat-panel .message")).to_have_count(1)
    page.wait_for_timeout(300)
    assert axe(page) == []
    house.guest("Waiting Wanda", "Hello")
    bar_.locator('[data-control="people"]').click()
    expect(page.locator("people-panel [data-knock]")).to_have_count(1)
    page.wait_for_timeout(300)
    assert axe(page) == []
    bar_.locator('[data-control="reactions"]').click()
    page.wait_for_timeout(300)
    assert axe(page) == []
