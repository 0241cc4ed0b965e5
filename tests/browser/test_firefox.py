"""The door in Firefox: every state that a visitor goes through, and the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.firefox import PROGRAM, Firefox
from tests.browser.house import House
from tests.browser.people import Person
from tests.browser.server import Vestibule
from tests.browser.test_meeting import join
from tests.browser.test_panels import meeting_of
from tests.browser.test_visit import call, call_get, decide, door
from tests.browser.wire import Wire

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Firefox on this machine")

Somebody = Callable[..., Person]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One for the file: each test comes to a house of its own, where this browser has never been."""
    browser = Firefox(tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


@pytest.fixture
def visitor(firefox: Firefox, house: House) -> Firefox:
    """Somebody who has just opened the link."""
    firefox.opens(f"{house.server.url}{door(house)}")
    firefox.sees("Nobody has been told yet.")
    return firefox


def waiting(owner: Person) -> dict[str, Any]:
    """The one who waits at the owner's door, as the server has it."""
    slug = call_get(owner, "/api/v1/session")["link"]["slug"]
    knocks = call(owner, "POST", f"/api/v1/links/{slug}/decisions", {"decision": "hold"})["results"]
    assert len(knocks) == 1
    found: dict[str, Any] = knocks[0]
    return found


def asks(visitor: Firefox, name: str = "Nora Dahl") -> None:
    visitor.types("#name", name)
    visitor.presses("Ask to join")


def test_camera_and_microphone_open_and_are_turned_off_and_on(visitor: Firefox) -> None:
    visitor.until("return all('video').some((video) => video.currentTime > 0)")
    visitor.presses("Devices")
    visitor.until("return all('select').length >= 2")
    visitor.presses("Turn the camera off")
    visitor.sees("Your camera is off")
    visitor.presses("Turn the camera on")
    visitor.until("return all('video').length === 1")


def test_who_waits_reads_the_truth_and_is_held_and_let_in(visitor: Firefox, owner: Person) -> None:
    asks(visitor)
    visitor.sees("Olga Owner has no page open at the moment.")
    at_home = owner.opens("/")
    visitor.sees("Olga Owner has seen your request.")
    at_home.close()
    knock = waiting(owner)
    visitor.sees("Olga Owner knows that you are here and asks you to wait a moment.")
    decide(owner, knock["id"], "admit")
    visitor.until("return all('[role=toolbar]').length === 1")
    visitor.until("return all('video').some((video) => video.currentTime > 0)")


def test_a_reload_while_waiting_keeps_the_place(visitor: Firefox, owner: Person) -> None:
    asks(visitor, "Nils Berg")
    visitor.sees("Olga Owner has no page open at the moment.")
    visitor.call("WebDriver:Refresh")
    visitor.sees("Olga Owner has no page open at the moment.")
    knock = waiting(owner)
    visitor.sees("Olga Owner knows that you are here and asks you to wait a moment.")
    assert knock["result"] == "done"


def test_who_is_refused_reads_the_word_and_may_ask_again(visitor: Firefox, owner: Person) -> None:
    asks(visitor)
    visitor.sees("Olga Owner has no page open at the moment.")
    decide(owner, waiting(owner)["id"], "refuse", "Tomorrow, please.")
    visitor.sees("Olga Owner can’t take your call right now.")
    visitor.sees("“Tomorrow, please.”")
    visitor.presses("Ask again")
    visitor.sees("Olga Owner has no page open at the moment.")


def test_cancel_goes_back_to_the_door(visitor: Firefox) -> None:
    asks(visitor)
    visitor.sees("Olga Owner has no page open at the moment.")
    visitor.presses("Cancel")
    visitor.sees("Nobody has been told yet.")


def test_a_closed_door_says_so_and_opens_by_itself(visitor: Firefox, house: House, owner: Person) -> None:
    link = f"/api/v1/links/{house.slug}"
    call(owner, "PATCH", link, {"open": False})
    visitor.call("WebDriver:Refresh")
    visitor.sees("This meeting is not taking new visitors now.")
    call(owner, "PATCH", link, {"open": True})
    visitor.presses("Try now")
    visitor.sees("Nobody has been told yet.")


def test_a_link_that_changed_says_so(visitor: Firefox, house: House, owner: Person) -> None:
    asks(visitor)
    visitor.sees("Olga Owner has no page open at the moment.")
    call(owner, "POST", f"/api/v1/links/{house.slug}/rotate")
    visitor.sees("This link has changed.")


def test_a_full_meeting_says_so(firefox: Firefox, build_house: Callable[..., House], somebody: Somebody) -> None:
    house = build_house(seats=2)
    for who in (house.owner, house.colleague):
        page = somebody(house.sign_in(who)).opens(door(house))
        page.get_by_role("button", name="Join now").click()
        page.get_by_role("toolbar", name="Meeting controls").wait_for()
    firefox.opens(f"{house.server.url}{door(house)}")
    firefox.sees("This meeting is full.")


def test_who_asks_and_finds_it_full_asks_by_themselves_when_somebody_has_left(
    firefox: Firefox, build_house: Callable[..., House], somebody: Somebody
) -> None:
    house = build_house(seats=2)
    firefox.opens(f"{house.server.url}{door(house)}")
    firefox.sees("Nobody has been told yet.")
    join(somebody(house.sign_in(house.owner)), house)
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    asks(firefox)
    firefox.sees("This meeting is full.")
    colleague.get_by_role("button", name="Leave").click()
    firefox.presses("Try now")
    firefox.sees("Olga Owner has seen your request.")


def test_a_locked_room_says_so_and_asks_by_itself_once_it_is_open(
    visitor: Firefox, house: House, owner: Person
) -> None:
    join(owner, house)
    setup = f"/api/v1/meetings/{meeting_of(owner, house)}/setup"
    version = call(owner, "PATCH", setup, {"version": call_get(owner, setup)["version"], "locked": True})["version"]
    asks(visitor)
    visitor.sees("This meeting is not taking new visitors now.")
    call(owner, "PATCH", setup, {"version": version, "locked": False})
    visitor.presses("Try now")
    visitor.sees("Olga Owner has seen your request.")


def test_a_lost_line_is_said_and_comes_back_by_itself_with_the_truth(
    firefox: Firefox, house: House, owner: Person
) -> None:
    wire = Wire(house.server.port)
    firefox.opens(f"{wire.url}{door(house)}")
    firefox.sees("Nobody has been told yet.")
    asks(firefox)
    firefox.sees("Olga Owner has no page open at the moment.")
    wire.silence()
    wire.cut()
    firefox.sees("Your connection is interrupted. You keep your place; we are trying again.")
    waiting(owner)
    wire.flow()
    firefox.sees("Olga Owner knows that you are here and asks you to wait a moment.")
    wire.close()


def test_without_the_video_service_the_place_is_kept_until_it_is_back_or_taken_back(
    firefox: Firefox, own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server()
    house = build_house(server)
    owner = somebody(house.sign_in(house.owner), url=server.url)
    server.livekit.stop()
    firefox.opens(f"{server.url}{door(house)}")
    firefox.sees("Nobody has been told yet.")
    asks(firefox)
    firefox.sees("Olga Owner has no page open at the moment.")
    knock = waiting(owner)["id"]
    decide(owner, knock, "admit")
    firefox.sees("The video service is not answering. You keep your place; we try again in")
    call(owner, "POST", f"/api/v1/knocks/{knock}/take-back")
    firefox.sees("Olga Owner took the invitation back.")
    firefox.presses("Ask again")
    firefox.sees("Olga Owner has no page open at the moment.")
    decide(owner, waiting(owner)["id"], "admit")
    firefox.sees("The video service is not answering. You keep your place; we try again in")
    server.livekit.start()
    is_in(firefox)


def is_in(visitor: Firefox) -> None:
    visitor.until("return all('[role=toolbar]').length === 1")


def let_in(visitor: Firefox, owner: Person, house: House) -> str:
    """In the meeting. Returns the meeting's id."""
    join(owner, house)
    asks(visitor)
    visitor.sees("Olga Owner has seen your request.")
    decide(owner, waiting(owner)["id"], "admit")
    is_in(visitor)
    return meeting_of(owner, house)


def test_who_is_removed_from_the_call_is_told_and_may_ask_again(visitor: Firefox, house: House, owner: Person) -> None:
    meeting = let_in(visitor, owner, house)
    seats = house.server.run(lambda repository: repository.seats_in(meeting))
    (nora,) = (seat.identity for seat in seats if seat.name == "Nora Dahl")
    call(owner, "POST", f"/api/v1/meetings/{meeting}/remove", {"who": nora})
    visitor.sees("You were taken out of the meeting. You can ask again.")
    visitor.presses("Ask again")
    visitor.sees("Olga Owner has seen your request.")


def test_a_meeting_that_is_ended_during_the_call_says_by_whom(visitor: Firefox, house: House, owner: Person) -> None:
    call(owner, "POST", f"/api/v1/meetings/{let_in(visitor, owner, house)}/end")
    visitor.sees("Olga Owner ended the meeting.")


def test_of_two_tabs_the_first_says_so_and_continues_the_call_here(
    visitor: Firefox, house: House, owner: Person
) -> None:
    let_in(visitor, owner, house)
    first = visitor.call("WebDriver:GetWindowHandle")["value"]
    second = visitor.call("WebDriver:NewWindow", {"type": "tab"})["handle"]
    visitor.call("WebDriver:SwitchToWindow", {"handle": second})
    visitor.opens(f"{house.server.url}{door(house)}")
    visitor.sees("You are in this meeting in another tab. Joining here moves you.")
    visitor.presses("Join now")
    is_in(visitor)
    visitor.call("WebDriver:SwitchToWindow", {"handle": first})
    visitor.sees("You joined from another page.")
    visitor.presses("Continue here")
    is_in(visitor)
    visitor.call("WebDriver:SwitchToWindow", {"handle": second})
    visitor.sees("You joined from another page.")
    visitor.call("WebDriver:CloseWindow")
    visitor.call("WebDriver:SwitchToWindow", {"handle": first})


def test_a_link_with_nothing_behind_it_says_so(firefox: Firefox, house: House) -> None:
    firefox.opens(f"{house.server.url}/m/zzzz-zzzz-zzzzz")
    firefox.sees("There is no meeting behind this link.")
