"""A link as its visitors meet it: who walks in, who asks and waits, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from admission import accounts
from admission.directory import Role
from signal_server.language import Words
from tests.browser.house import Guest, House
from tests.browser.people import CHROMIUM, Person, axe, look_at, look_away, notes, until
from tests.browser.server import PASSWORD, Vestibule, now
from tests.browser.wire import Wire

Somebody = Callable[..., Person]
ENGLISH = Words("en")


def door(house: House) -> str:
    return f"/m/{house.slug}"


def ask(page: Page, name: str = "Nora Dahl", message: str = "", say: Words = ENGLISH) -> None:
    """Type a name and ask to join."""
    page.get_by_label(say("Your name")).fill(name)
    if message:
        page.get_by_role("button", name=say("Add a message")).click()
        page.get_by_label(say("Message")).fill(message)
    page.get_by_role("button", name=say("Ask to join")).click()


def stage_of(page: Page) -> Locator:
    """The meeting, once the page is in it."""
    return page.get_by_role("toolbar", name="Meeting controls")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def line(page: Page, text: str) -> Locator:
    """What the page says where it is read, not where it is only heard."""
    return page.locator(".line", has_text=text)


def call(person: Person, method: str, path: str, body: object = None) -> Any:
    """What a script of that person's page would call. Returns the JSON of the answer."""
    answer = person.context.request.fetch(
        path,
        method=method,
        data=json.dumps(body if body is not None else {}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json() if answer.status != 204 else None


def decide(owner: Person, knock: str, decision: str, message: str | None = None) -> None:
    word = {} if message is None else {"message": message}
    call(owner, "POST", f"/api/v1/knocks/{knock}/decision", {"decision": decision, **word})


def knock_of(visitor: Person, house: House) -> dict[str, Any]:
    """This visitor's latest knock, as the server tells it to their browser."""
    found: dict[str, Any] = call_get(visitor, f"/api/v1/links/{house.slug}")["knock"]
    return found


def call_get(person: Person, path: str) -> Any:
    return person.context.request.get(path).json()


# -- who walks in --


def test_a_colleague_walks_in(house: House, somebody: Somebody) -> None:
    page = somebody(house.sign_in(house.colleague)).opens(door(house))
    expect(heading(page)).to_have_text("Meeting with Olga Owner")
    expect(page.get_by_text("You join as Colin Reyes.")).to_be_visible()
    page.get_by_role("button", name="Join now").click()
    expect(stage_of(page)).to_be_visible()


def test_the_owner_walks_in(house: House, owner: Person) -> None:
    page = owner.opens(door(house))
    expect(heading(page)).to_have_text("Your meeting")
    page.get_by_role("button", name="Join now").click()
    expect(stage_of(page)).to_be_visible()
    expect(page.get_by_text("Nobody else is here yet.")).to_be_visible()


def test_a_guest_user_of_the_platform_knocks_under_their_accounts_name(
    house: House, somebody: Somebody, owner: Person
) -> None:
    gina = house.add("gina", "Gina Holt", Role.GUEST)
    page = somebody(house.sign_in(gina)).opens(door(house))
    expect(page.get_by_text("You join as Gina Holt.")).to_be_visible()
    page.get_by_role("button", name="Ask to join").click()
    expect(line(page, "Olga Owner has no page open at the moment.")).to_be_visible()
    at_home = owner.opens("/")
    expect(at_home.locator("door-bell")).to_contain_text("Gina Holt")


# -- before anybody is asked --


def test_until_the_visitor_knocks_the_page_says_that_nobody_has_been_told(
    house: House, visitor: Person, owner: Person
) -> None:
    at_home = owner.opens("/")
    page = visitor.opens(door(house))
    expect(line(page, "Nobody has been told yet. Press Ask to join when you are ready.")).to_be_visible()
    expect(at_home).not_to_have_title("(1)")
    assert knock_of(visitor, house) is None


def test_the_picture_is_shown_as_in_a_mirror_and_moves(house: House, visitor: Person) -> None:
    page = visitor.opens(door(house))
    preview = page.locator("door-preview video")
    expect(preview).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")
    until(page, lambda: preview.evaluate("(video) => video.currentTime") > 0.5, "the picture moves")
    page.get_by_role("button", name="Turn the camera off").click()
    expect(preview).to_have_count(0)
    expect(page.get_by_text("Your camera is off")).to_be_visible()


def test_what_a_phones_back_camera_sees_is_not_mirrored(house: House, visitor: Person) -> None:
    visitor.context.add_init_script(
        "MediaStreamTrack.prototype.getSettings = () => ({deviceId: 'back', facingMode: 'environment'});"
    )
    preview = visitor.opens(door(house)).locator("door-preview video")
    expect(preview).to_have_css("transform", "none")
    expect(preview).to_have_accessible_name("Camera")


def test_a_name_is_needed_and_checked_where_it_is_typed(house: House, visitor: Person) -> None:
    page = visitor.opens(door(house))
    page.get_by_role("button", name="Ask to join").click()
    expect(page.get_by_role("alert")).to_have_text("Please type your name.")
    name = page.get_by_label("Your name")
    expect(name).to_be_focused()
    name.fill("Nora \u202edaJ")
    expect(page.get_by_role("alert")).to_contain_text("characters that cannot be shown")
    assert knock_of(visitor, house) is None
    name.fill("Nora")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_name_is_remembered_on_this_device(house: House, visitor: Person) -> None:
    page = visitor.opens(door(house))
    page.get_by_label("Your name").fill("Nora Dahl")
    page.reload()
    expect(page.get_by_label("Your name")).to_have_value("Nora Dahl")


def test_a_refused_permission_has_its_words_and_does_not_stop_anybody(
    chromium: Browser, vestibule: Vestibule, house: House, owner: Person
) -> None:
    # Without the flag that says yes to everything, a headless browser refuses.
    flags = ["--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"]
    refusing = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    visitor = Person(refusing, vestibule.url, permissions=[])
    page = visitor.opens(door(house))
    expect(page.get_by_text("Your browser does not allow camera and microphone here.")).to_be_visible()
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(stage_of(page)).to_be_visible()
    expect(page.get_by_role("button", name="Turn the microphone on")).to_be_visible()
    assert visitor.unexpected() == []
    refusing.close()


# -- waiting --


def test_the_waiting_page_says_what_is_really_happening(house: House, visitor: Person, owner: Person) -> None:
    page = visitor.opens(door(house))
    ask(page, message="I am early.")
    expect(line(page, "Olga Owner has no page open at the moment. Your request waits here")).to_be_visible()
    expect(page).to_have_title(f"Waiting for Olga Owner · {house.workspace}")

    owner.context.route("**/doorbell/seen", lambda route: route.abort())
    owner.expects("doorbell/seen|ERR_FAILED")
    at_home = owner.opens("/")
    expect(line(page, "We are ringing at Olga Owner’s door.")).to_be_visible()
    owner.context.unroute("**/doorbell/seen")
    at_home.reload()
    expect(line(page, "Olga Owner has seen your request.")).to_be_visible()
    at_home.close()
    expect(line(page, "Olga Owner has seen your request.")).to_be_visible()

    decide(owner, knock_of(visitor, house)["id"], "hold", "Two minutes, please.")
    expect(line(page, "Olga Owner knows that you are here: “Two minutes, please.”")).to_be_visible()
    expect(page.get_by_text("Waiting for 0:")).to_be_visible()


def test_it_says_so_in_french(house: House, somebody: Somebody, owner: Person) -> None:
    visitor = somebody(locale="fr-FR")
    page = visitor.opens(door(house))
    expect(heading(page)).to_have_text("Réunion avec Olga Owner")
    page.get_by_label("Votre nom").fill("Zoé Prévôt")
    page.get_by_role("button", name="Demander à entrer").click()
    expect(line(page, "Olga Owner n’a pas de page ouverte pour l’instant.")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "hold", "Deux minutes.")
    expect(line(page, "Olga Owner sait que vous êtes là\u202f: «\u202fDeux minutes.\u202f»")).to_be_visible()


def test_a_lost_line_is_said_and_comes_back_by_itself_with_the_truth(
    house: House, somebody: Somebody, owner: Person, vestibule: Vestibule
) -> None:
    wire = Wire(vestibule.port)
    visitor = somebody(url=wire.url)
    visitor.expects("net::ERR")
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    knock = knock_of(visitor, house)["id"]
    wire.silence()
    wire.cut()
    expect(line(page, "Your connection is interrupted. You keep your place; we are trying again.")).to_be_visible()
    decide(owner, knock, "hold", "Two minutes.")
    wire.flow()
    expect(line(page, "Olga Owner knows that you are here: “Two minutes.”")).to_be_visible(timeout=20_000)
    wire.close()


def test_a_browser_that_is_offline_says_so_at_once(house: House, visitor: Person) -> None:
    visitor.expects("net::ERR")
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    visitor.context.set_offline(True)
    expect(line(page, "Your connection is interrupted.")).to_be_visible(timeout=2_000)
    visitor.context.set_offline(False)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()


def test_a_guest_who_looks_elsewhere_hears_that_they_are_admitted(house: House, visitor: Person, owner: Person) -> None:
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    look_away(page)
    decide(owner, knock_of(visitor, house)["id"], "admit")
    until(page, lambda: notes(page) == 1, "the page sounds once")
    expect(stage_of(page)).to_be_visible()


def test_cancelling_takes_the_knock_away_from_the_door(house: House, visitor: Person, owner: Person) -> None:
    at_home = owner.opens("/")
    page = visitor.opens(door(house))
    ask(page)
    expect(at_home.locator("door-bell")).to_contain_text("Nora Dahl")
    page.get_by_role("button", name="Cancel").click()
    expect(line(page, "Nobody has been told yet.")).to_be_visible()
    assert knock_of(visitor, house)["reason"] == "cancelled"
    page.reload()
    expect(line(page, "Nobody has been told yet.")).to_be_visible()


def test_a_reload_while_waiting_finds_the_same_knock(house: House, visitor: Person, owner: Person) -> None:
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    before = knock_of(visitor, house)["id"]
    page.reload()
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    assert knock_of(visitor, house)["id"] == before
    decide(owner, before, "admit")
    expect(stage_of(page)).to_be_visible()


def test_a_page_that_slept_through_the_decision_shows_that_decision(
    house: House, visitor: Person, owner: Person
) -> None:
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    knock = knock_of(visitor, house)["id"]
    page.goto("about:blank")
    decide(owner, knock, "refuse", "Tomorrow at ten?")
    page.goto(door(house))
    expect(heading(page)).to_have_text("Olga Owner can’t take your call right now.")
    expect(page.get_by_text("“Tomorrow at ten?”")).to_be_visible()
    page.reload()
    expect(heading(page)).to_have_text("Olga Owner can’t take your call right now.")
    # What was said to this tab is not said to one that opens the link tomorrow.
    other = visitor.opens(door(house))
    expect(line(other, "Nobody has been told yet.")).to_be_visible()


# -- what becomes of it --


def test_refused_then_asks_again_and_is_accepted(house: House, visitor: Person, owner: Person) -> None:
    at_home = owner.opens("/")
    page = visitor.opens(door(house))
    ask(page)
    refuse = at_home.get_by_role("button", name="Refuse").first
    expect(refuse).to_be_visible()
    first = knock_of(visitor, house)["id"]
    decide(owner, first, "refuse")
    expect(heading(page)).to_have_text("Olga Owner can’t take your call right now.")
    expect(heading(page)).to_be_focused()
    page.get_by_role("button", name="Ask again").click()
    expect(line(page, "Olga Owner has seen your request.")).to_be_visible()
    second = knock_of(visitor, house)["id"]
    assert second != first
    decide(owner, second, "admit")
    expect(stage_of(page)).to_be_visible()


def test_an_invitation_that_is_taken_back_is_said(house: House, visitor: Person, owner: Person) -> None:
    page = visitor.opens(door(house))
    # The entry does not reach the page: it is let in, and not yet there.
    page.route("**/api/v1/knocks/*/entry", lambda route: route.abort())
    visitor.expects("ERR_FAILED")
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    knock = knock_of(visitor, house)["id"]
    decide(owner, knock, "admit")
    expect(line(page, "Your connection is interrupted. You keep your place; we try again in")).to_be_visible()
    call(owner, "POST", f"/api/v1/knocks/{knock}/take-back")
    page.unroute("**/api/v1/knocks/*/entry")
    expect(heading(page)).to_have_text("Olga Owner took the invitation back.", timeout=15_000)


def test_a_link_that_is_renewed_under_who_waits_is_said(house: House, visitor: Person, owner: Person) -> None:
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    call(owner, "POST", f"/api/v1/links/{house.slug}/rotate")
    expect(heading(page)).to_have_text("This link has changed.")
    expect(line(page, "Ask Olga Owner for the new one.")).to_be_visible()


def test_a_closed_door_is_said_before_anybody_knocks_and_opens_by_itself(
    house: House, visitor: Person, owner: Person, somebody: Somebody
) -> None:
    call(owner, "PATCH", f"/api/v1/links/{house.slug}", {"open": False})
    page = visitor.opens(door(house))
    expect(heading(page)).to_have_text("This meeting is not taking new visitors now.")
    expect(line(page, "We look again in")).to_be_visible()
    colleague = somebody(house.sign_in(house.colleague)).opens(door(house))
    expect(colleague.get_by_role("button", name="Join now")).to_be_visible()
    call(owner, "PATCH", f"/api/v1/links/{house.slug}", {"open": True})
    look_away(page)
    look_at(page)
    expect(line(page, "Nobody has been told yet.")).to_be_visible()
    assert knock_of(visitor, house) is None


def test_twelve_sit_in_a_standard_meeting_and_the_thirteenth_reads_full_before_they_knock(
    house: House, visitor: Person, owner: Person, vestibule: Vestibule
) -> None:
    guests = [Guest(vestibule, house.slug).ask(f"Guest {number}") for number in range(1, 12)]
    for guest in guests:
        decide(owner, guest.id, "admit")
    page = visitor.opens(door(house))
    expect(heading(page)).to_have_text("This meeting is full.")
    expect(line(page, "We try again by ourselves in")).to_be_visible()
    assert knock_of(visitor, house) is None
    # The owner's own place is never given away.
    own = owner.opens(door(house))
    own.get_by_role("button", name="Join now").click()
    expect(stage_of(own)).to_be_visible()
    # A place comes free: the page shows the door again, and has knocked for nobody.
    guests[0].withdraw()
    expect(line(page, "Nobody has been told yet.")).to_be_visible(timeout=25_000)
    assert knock_of(visitor, house) is None


def test_who_asked_and_met_a_full_meeting_asks_by_itself_once_there_is_room(
    build_house: Callable[..., House], visitor: Person, somebody: Somebody, vestibule: Vestibule
) -> None:
    house = build_house(seats=2)
    owner = somebody(house.sign_in(house.owner))
    page = visitor.opens(door(house))
    expect(line(page, "Nobody has been told yet.")).to_be_visible()
    other = Guest(vestibule, house.slug).ask("Somebody else")
    decide(owner, other.id, "admit")
    ask(page)
    expect(heading(page)).to_have_text("This meeting is full.")
    other.withdraw()
    page.get_by_role("button", name="Try now").click()
    expect(line(page, "Olga Owner has no page open")).to_be_visible()


def test_a_link_of_somebody_who_is_disabled_is_no_longer_in_use(
    house: House, visitor: Person, vestibule: Vestibule
) -> None:
    page = visitor.opens(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    vestibule.run(lambda repository: accounts.disable_account(repository, house.owner.account.email, now()))
    expect(heading(page)).to_have_text("This link is no longer in use.")
    page.reload()
    expect(page.get_by_text("There is no meeting behind this link.")).to_be_visible()


# -- with an account after all --


def sign_in_from(page: Page, email: str) -> None:
    page.get_by_role("link", name="I have an account: sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_visitor_who_signs_in_while_waiting_and_may_walk_in_walks_in(house: House, visitor: Person) -> None:
    page = visitor.opens(door(house))
    page.get_by_role("button", name="Turn the camera off").click()
    ask(page, "Colin")
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    sign_in_from(page, house.colleague.account.email)
    expect(stage_of(page)).to_be_visible()
    # With the devices as chosen at the door.
    expect(page.get_by_role("button", name="Turn the camera on")).to_be_visible()
    expect(page.get_by_role("button", name="Turn the microphone off")).to_be_visible()


def test_who_still_has_to_knock_is_offered_to_ask_again_under_their_name(
    house: House, build_house: Callable[..., House], visitor: Person, owner: Person
) -> None:
    elsewhere = build_house()
    page = visitor.opens(door(house))
    ask(page, "Somebody")
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    first = knock_of(visitor, house)["id"]
    sign_in_from(page, elsewhere.colleague.account.email)
    again = page.get_by_role("button", name="Ask again as Colin Reyes")
    expect(again).to_be_visible()
    assert knock_of(visitor, house)["id"] == first
    again.click()
    expect(again).to_have_count(0)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    second = knock_of(visitor, house)
    assert second["id"] != first
    assert second["name"] == "Colin Reyes"
    bell = owner.opens("/").get_by_role("region", name="At your door", exact=True)
    expect(bell).to_contain_text("Colin Reyes")
    expect(bell).not_to_contain_text("Somebody")


# -- when things break --


def test_too_many_requests_are_counted_down(
    own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server(VESTIBULE_KNOCKS_PER_MINUTE="1")
    house = build_house(server)
    house.guest("Somebody else")
    page = somebody(url=server.url).opens(door(house))
    ask(page)
    expect(line(page, "Many people are asking at the moment. You can ask again in")).to_be_visible()
    expect(page.get_by_role("button", name="Ask to join")).to_be_disabled()
    expect(page.get_by_label("Your name")).to_have_value("Nora Dahl")


def test_let_in_while_the_video_service_is_down_keeps_the_place_and_enters_by_itself(
    own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server()
    house = build_house(server)
    owner = somebody(house.sign_in(house.owner), url=server.url)
    visitor = somebody(url=server.url)
    visitor.expects("ERR_CONNECTION_REFUSED")
    page = visitor.opens(door(house))
    server.livekit.stop()
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(line(page, "The video service is not answering. You keep your place; we try again in")).to_be_visible()
    server.livekit.start()
    expect(stage_of(page)).to_be_visible(timeout=20_000)


# -- for everybody --


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_wrong_at_the_door_and_while_waiting(
    house: House, visitor: Person, owner: Person, language: str
) -> None:
    say = visitor.reads(language)
    page = visitor.opens(door(house))
    expect(
        line(page, say("Nobody has been told yet. Press *Ask to join* when you are ready.").split("*")[0])
    ).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name=say("Ask to join")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    ask(page, message="I am early.", say=say)
    expect(page.get_by_role("button", name=say("Cancel"))).to_be_visible()
    assert axe(page) == []
    decide(owner, knock_of(visitor, house)["id"], "refuse", "Tomorrow?")
    expect(page.get_by_role("button", name=say("Ask again"))).to_be_visible()
    assert axe(page) == []


def test_on_a_small_phone_the_button_and_what_it_does_are_in_reach(house: House, somebody: Somebody) -> None:
    visitor = somebody(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = visitor.opens(door(house))
    button = page.get_by_role("button", name="Ask to join")
    expect(button).to_be_in_viewport(ratio=1)
    expect(line(page, "Nobody has been told yet.")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Your name")).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    assert box is not None
    assert box["y"] > 360, "in the lower half of the screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
