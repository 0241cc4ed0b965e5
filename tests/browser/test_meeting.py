"""The meeting behind a link: people see and hear each other on a real LiveKit, and come back from whatever breaks."""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import wave
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from admission import accounts, endings
from tests.browser.house import House
from tests.browser.people import CHROMIUM, FLAGS, Person, axe, in_french, until
from tests.browser.server import Vestibule, now

Somebody = Callable[..., Person]

# What a hidden audio element plays, as the loudest sample of the last moments.
LEVEL = """
async () => {
  const audio = document.querySelector("audio");
  if (!audio?.srcObject) return 0;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(audio.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (let turn = 0; turn < 40; turn += 1) {
    await new Promise((next) => setTimeout(next, 25));
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
  }
  await context.close();
  return loudest;
}
"""

# The picture as it is drawn, small, as one text.
PIXELS = """
(video) => {
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 36);
  return Array.from(context.getImageData(0, 0, 64, 36).data).join();
}
"""


EVERYBODYS_MICROPHONE = {"source": "microphone", "who": "everyone", "keep": False}


def door(house: House) -> str:
    return f"/m/{house.slug}"


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Meeting controls")


def tile(page: Page, name: str) -> Locator:
    """One person's tile, by what it says to somebody who does not see it."""
    return page.locator("meeting-tile").get_by_role("group", name=name)


def join(person: Person, house: House) -> Page:
    """Walk in."""
    page = person.opens(door(house))
    page.get_by_role("button", name="Join now").click()
    expect(bar(page)).to_be_visible()
    return page


def knocks(person: Person, house: House, name: str = "Nora Dahl") -> Page:
    """Ask to join, and wait."""
    page = person.opens(door(house))
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Ask to join").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    return page


def knock_of(visitor: Person, house: House) -> dict[str, Any]:
    found: dict[str, Any] = visitor.context.request.get(f"/api/v1/links/{house.slug}").json()["knock"]
    return found


def admit(owner: Person, knock: str) -> None:
    answer = owner.context.request.post(
        f"/api/v1/knocks/{knock}/decision",
        data=json.dumps({"decision": "admit"}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.ok, answer.text()


def let_in(owner: Person, visitor: Person, house: House, name: str = "Nora Dahl") -> Page:
    """A guest in the meeting."""
    page = knocks(visitor, house, name)
    admit(owner, knock_of(visitor, house)["id"])
    expect(bar(page)).to_be_visible()
    return page


def asked(person: Person) -> list[tuple[str, str]]:
    """What the person's browser has asked for."""
    return [(one.method, one.url) for one in person.requests]


def moves(page: Page, video: Locator) -> None:
    """Wait until the picture changes from one moment to another."""
    expect(video).to_be_visible()
    first = video.evaluate(PIXELS)
    until(page, lambda: len(set(video.evaluate(PIXELS).split(","))) > 4, "there is a picture")
    until(page, lambda: video.evaluate(PIXELS) != first, "the picture moves")


# What a page asks for, of camera and microphone. One that is `slow` does not open before `go` is called.
OPENINGS = """
window.openings = [];
window.slow = "";
const going = new Promise((go) => { window.go = go; });
const devices = navigator.mediaDevices;
const open = devices?.getUserMedia.bind(devices);
if (open) devices.getUserMedia = async (wish) => {
  window.openings.push(Object.keys(wish).join("+"));
  if (wish[window.slow]) await going;
  return open(wish);
};
"""


@pytest.fixture
def speaking(chromium: Browser, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose microphone plays a sound file, over and over: half a second of a tone, half of silence."""
    rate = 48_000
    tone = [int(12_000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(rate // 2)]
    file = tmp_path / "tone.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{rate}h", *tone, *[0] * (rate // 2)))
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-audio-capture={file}"]
    )
    yield browser
    browser.close()


# -- together --


def test_a_guest_who_is_let_in_sees_the_owners_moving_picture_and_hears_their_voice(
    house: House, vestibule: Vestibule, visitor: Person, speaking: Browser
) -> None:
    owner = Person(speaking, vestibule.url, house.sign_in(house.owner))
    at_meeting = join(owner, house)
    page = knocks(visitor, house)
    pop_up = at_meeting.get_by_role("region", name="At your door", exact=True)
    expect(pop_up).to_contain_text("Nora Dahl")
    at_meeting.wait_for_timeout(600)
    pop_up.get_by_role("button", name="Accept").click()
    expect(bar(page)).to_be_visible()

    moves(page, tile(page, "Olga Owner").locator("video"))
    until(page, lambda: page.evaluate(LEVEL) > 0.05, "the owner's voice arrives")
    expect(tile(page, "Olga Owner").locator(".waves")).to_be_visible()
    # And the other way round, with who is a visitor told to everybody.
    moves(at_meeting, tile(at_meeting, "Nora Dahl, visitor").locator("video"))
    assert owner.unexpected() == []


def test_everybody_sees_who_is_a_visitor_and_whose_microphone_and_camera_are_off(
    house: House, somebody: Somebody, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    guest = let_in(owner, visitor, house)
    for view in (page, colleague):
        expect(tile(view, "Nora Dahl, visitor")).to_be_visible()
    expect(tile(guest, "Nora Dahl (you), visitor")).to_be_visible()
    expect(tile(guest, "Colin Reyes")).to_be_visible()

    guest.get_by_role("button", name="Turn the microphone off").click()
    guest.get_by_role("button", name="Turn the camera off").click()
    expect(tile(page, "Nora Dahl, visitor, microphone off, camera off")).to_be_visible()
    guest.get_by_role("button", name="Turn the microphone on").click()
    guest.get_by_role("button", name="Turn the camera on").click()
    expect(tile(page, "Nora Dahl, visitor").locator("video")).to_be_visible()
    expect(tile(page, "microphone off")).to_have_count(0)
    moves(page, tile(page, "Nora Dahl, visitor").locator("video"))


def test_the_devices_chosen_at_the_door_are_those_in_the_meeting(house: House, owner: Person) -> None:
    page = owner.opens(door(house))
    page.get_by_role("button", name="Turn the microphone off").click()
    page.get_by_role("button", name="Join now").click()
    expect(page.get_by_role("button", name="Turn the microphone on")).to_be_visible()
    expect(page.get_by_role("button", name="Turn the camera off")).to_be_visible()


def test_whoever_waits_has_everything_ready_when_they_are_let_in(
    house: House, owner: Person, visitor: Person, vestibule: Vestibule
) -> None:
    # Figures of contributions draw themselves later, when they come: here none do.
    kept = owner.context.request.patch(f"/api/v1/links/{house.slug}/setup", data={"version": 1, "contributions": "off"})
    assert kept.ok
    join(owner, house)
    visitor.context.add_init_script(OPENINGS)
    page = knocks(visitor, house)
    expect(page.locator("door-preview video")).to_be_visible()
    stage = page.locator("meeting-stage")
    expect(stage).to_be_attached()
    until(page, lambda: ("HEAD", f"{vestibule.livekit.url}/") in asked(visitor), "LiveKit's address is prepared")
    # Nobody sees or hears the stage, and its keys are not pressed, before it is their turn.
    expect(stage.locator(".bar")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.keyboard.press("?")
    stage.evaluate("(stage) => { stage.stood = true; }")
    before = len(visitor.requests)

    admit(owner, knock_of(visitor, house)["id"])
    moves(page, tile(page, "Olga Owner").locator("video"))
    assert [one.url for one in visitor.requests[before:] if one.resource_type in ("script", "stylesheet")] == []
    assert sorted(page.evaluate("window.openings")) == ["audio", "video"]
    assert stage.evaluate("(stage) => stage.stood")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


@pytest.mark.parametrize(
    ("slow", "kind", "other"),
    [("video", "camera", "microphone"), ("audio", "microphone", "camera")],
    ids=["camera", "microphone"],
)
def test_a_device_that_is_slow_keeps_nobody_waiting_and_is_opened_once_whoever_presses(
    house: House, owner: Person, slow: str, kind: str, other: str
) -> None:
    owner.context.add_init_script(OPENINGS + f"window.slow = {slow!r};")
    page = join(owner, house)
    expect(page.get_by_role("button", name=f"Turn the {other} off")).to_be_visible()
    pressed = page.get_by_role("button", name=f"Turn the {kind} on")
    pressed.click()
    page.evaluate("window.go()")
    expect(page.get_by_role("button", name=f"Turn the {kind} off")).to_be_visible()
    page.wait_for_timeout(500)
    assert sorted(page.evaluate("window.openings")) == ["audio", "video"]
    page.get_by_role("button", name=f"Turn the {kind} off").click()
    expect(pressed).to_be_visible()


# -- leaving --


def test_leaving_is_a_press_on_leave_and_the_next_visit_a_new_knock(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    first = knock_of(visitor, house)["id"]
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("You left the meeting.")
    expect(tile(page, "Nora Dahl")).to_have_count(0)
    assert knock_of(visitor, house)["reason"] == "left"
    guest.reload()
    expect(guest.get_by_role("button", name="Ask to join")).to_be_visible()
    guest.get_by_role("button", name="Ask to join").click()
    expect(guest.get_by_role("button", name="Cancel")).to_be_visible()
    assert knock_of(visitor, house)["id"] != first


def test_a_member_who_left_joins_again_at_a_press(house: House, owner: Person) -> None:
    page = join(owner, house)
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="Join again").click()
    expect(bar(page)).to_be_visible()


def test_a_closed_tab_is_gone_at_once_for_the_others_and_keeps_its_seat(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    guest.close(run_before_unload=True)
    expect(tile(page, "Nora Dahl")).to_have_count(0, timeout=4_000)
    assert knock_of(visitor, house)["state"] == "entered"
    # Another page asks before it goes in; in it does not knock.
    again = visitor.opens(door(house))
    expect(again.get_by_text("Olga Owner let you in. Press Join now when you are ready.").first).to_be_visible()
    again.get_by_role("button", name="Join now").click()
    expect(tile(page, "Nora Dahl")).to_be_visible()


def test_when_the_owner_is_disabled_everybody_reads_that_the_link_is_no_longer_in_use(
    house: House, owner: Person, visitor: Person, vestibule: Vestibule
) -> None:
    join(owner, house)
    guest = let_in(owner, visitor, house)
    owner.expects("401")
    vestibule.run(lambda repository: accounts.disable_account(repository, house.owner.account.email, now()))
    expect(guest.get_by_role("heading", level=1)).to_have_text("This link is no longer in use.")


# -- once --


def test_a_reload_inside_goes_back_in_by_itself_without_a_knock(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    before = knock_of(visitor, house)
    for _ in range(2):
        guest.reload()
        expect(bar(guest)).to_be_visible()
        moves(guest, tile(guest, "Olga Owner").locator("video"))
    assert knock_of(visitor, house) == before
    page.reload()
    expect(tile(page, "Nora Dahl")).to_be_visible()


def test_of_two_tabs_of_one_person_the_first_says_so_and_offers_to_continue_here(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    first = let_in(owner, visitor, house)
    second = visitor.opens(door(house))
    expect(second.locator(".line")).to_have_text("You are in this meeting in another tab. Joining here moves you.")
    second.get_by_role("button", name="Join now").click()
    expect(bar(second)).to_be_visible()
    expect(first.get_by_role("heading", level=1)).to_have_text("You joined from another page.")
    first.wait_for_timeout(1500)
    expect(bar(second)).to_be_visible()
    expect(page.locator("meeting-tile")).to_have_count(2)

    first.get_by_role("button", name="Continue here").click()
    expect(bar(first)).to_be_visible()
    expect(second.get_by_role("heading", level=1)).to_have_text("You joined from another page.")
    # It was in, and is in no more: its reload asks.
    second.reload()
    expect(second.get_by_role("button", name="Join now")).to_be_visible()
    expect(bar(first)).to_be_visible()


def test_a_duplicated_tab_asks_before_it_takes_the_place(house: House, owner: Person) -> None:
    page = join(owner, house)
    # As *Duplicate tab* does: the copy has what the original remembers.
    with owner.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    expect(opened.value.get_by_role("button", name="Join now")).to_be_visible()
    expect(bar(page)).to_be_visible()


def test_an_account_on_another_device_takes_its_place_over(house: House, owner: Person, somebody: Somebody) -> None:
    desk = join(owner, house)
    phone = join(somebody(house.sign_in(house.owner)), house)
    expect(desk.get_by_role("heading", level=1)).to_have_text("You joined from another page.")
    expect(phone.locator("meeting-tile")).to_have_count(1)


# -- when things break --


def test_livekit_stopped_and_started_under_a_meeting_everybody_is_back_without_a_knock(
    own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server()
    house = build_house(server)
    owner, visitor = somebody(house.sign_in(house.owner), url=server.url), somebody(url=server.url)
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    for person in (owner, visitor):
        person.expects("net::ERR|WebSocket|Failed to load resource")
    before = knock_of(visitor, house)["id"]
    guest.get_by_role("button", name="Turn the camera off").click()
    meeting = page.evaluate("document.querySelector('visit-page').run.visit.entry.meeting")
    assert owner.context.request.post(f"/api/v1/meetings/{meeting}/off", data=EVERYBODYS_MICROPHONE).ok
    expect(guest.get_by_role("button", name="Turn the microphone on")).to_be_visible()

    guest.keyboard.down(" ")
    expect(guest.get_by_role("button", name="Turn the microphone off")).to_be_visible()

    server.livekit.stop()
    for view in (page, guest):
        expect(view.locator(".banner.warn")).to_contain_text("You keep your place; we are trying again.")
    # Turning off works all the same, and what is let go is off.
    page.get_by_role("button", name="Turn the microphone off").click()
    guest.keyboard.up(" ")
    for view in (page, guest):
        expect(bar(view).get_by_role("button", name="Turn the microphone on", disabled=True)).to_be_visible()
    server.livekit.start()
    for view, other in ((page, "Nora Dahl"), (guest, "Olga Owner")):
        expect(tile(view, other)).to_be_visible(timeout=25_000)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    # With the devices as they were, whoever turned them off, and nobody was asked anything.
    expect(page.get_by_role("button", name="Turn the camera off")).to_be_visible()
    expect(page.get_by_role("button", name="Turn the microphone on", disabled=False)).to_be_visible()
    for kind in ("camera", "microphone"):
        expect(guest.get_by_role("button", name=f"Turn the {kind} on")).to_be_visible()
    assert knock_of(visitor, house)["id"] == before

    # Down for longer than LiveKit's own tries: the page counts, keeps the place, and comes back by itself.
    server.livekit.stop()
    expect(guest.get_by_role("heading", name="The video service is not answering.")).to_be_visible(timeout=25_000)
    expect(guest.locator(".line")).to_contain_text("You keep your place; we try again in")
    server.livekit.start()
    expect(tile(guest, "Olga Owner")).to_be_visible(timeout=25_000)
    assert knock_of(visitor, house)["id"] == before


def test_whoever_hears_and_sees_nothing_any_more_is_told_before_livekit_notices(
    own_server: Callable[..., Vestibule], build_house: Callable[..., House], somebody: Somebody
) -> None:
    server = own_server()
    house = build_house(server)
    owner = somebody(house.sign_in(house.owner), url=server.url)
    owner.expects("net::ERR|Failed to load resource")
    page = join(owner, house)
    told = page.locator(".banner.warn")
    moves(page, tile(page, "You").locator("video"))
    expect(told).to_have_count(0)
    # As a line that carries nothing: every connection stands, and nothing comes.
    assert server.livekit.pid is not None
    os.kill(server.livekit.pid, signal.SIGSTOP)
    try:
        expect(told).to_have_text("Your connection is unstable: others may not hear or see you now.")
    finally:
        os.kill(server.livekit.pid, signal.SIGCONT)
    expect(told).to_have_count(0)


def test_a_browser_that_blocks_sound_offers_one_button(
    house: House, vestibule: Vestibule, owner: Person, chromium: Browser
) -> None:
    join(owner, house)
    strict = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=[*(flag for flag in FLAGS if "autoplay" not in flag), "--autoplay-policy=user-gesture-required"],
    )
    colleague = Person(strict, vestibule.url, house.sign_in(house.colleague))
    # A tab that was in and is restored, as after a crash: it goes in by itself, before anybody has pressed anything.
    # Who captures something may play sound at once, so this one only listens.
    kept = {
        "sessionStorage": {f"visit:{house.slug.replace('-', '')}": {"knock": None, "in": True}},
        "localStorage": {"choices": {"camera": False, "microphone": False}},
    }
    colleague.context.add_init_script(
        f"""if (location.protocol !== "about:")
          for (const [where, kept] of Object.entries({json.dumps(kept)}))
            for (const [key, value] of Object.entries(kept)) window[where].setItem(key, JSON.stringify(value));"""
    )
    page = colleague.opens(door(house))
    # Hands off until the others' sound has come: Playwright looks at a page with what the browser takes for a press.
    page.wait_for_timeout(4_000)
    sound = page.get_by_role("button", name="Turn the sound on")
    expect(sound).to_be_visible()
    sound.click()
    expect(sound).to_have_count(0)
    assert colleague.unexpected() == []
    strict.close()


# As phones do that save their battery: no video plays before somebody has pressed something.
SAVING = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (this.localName !== "video" || window.pressed) return play.call(this);
  return Promise.reject(new DOMException("not before a press", "NotAllowedError"));
};
addEventListener("click", () => { window.pressed = true; }, {capture: true});
"""


def test_a_browser_that_blocks_pictures_offers_the_same_button(house: House, owner: Person, somebody: Somebody) -> None:
    join(owner, house)
    phone = somebody(house.sign_in(house.colleague))
    phone.context.add_init_script(SAVING)
    page = join(phone, house)
    page.reload()
    show = page.get_by_role("button", name="Show pictures")
    expect(show).to_be_visible()
    show.click()
    expect(show).to_have_count(0)
    moves(page, tile(page, "Olga Owner").locator("video"))


def test_who_was_away_for_too_long_reads_that_the_connection_was_lost(
    house: House, owner: Person, visitor: Person
) -> None:
    join(owner, house)
    guest = let_in(owner, visitor, house)
    # As when a laptop is shut during the call, and opened a quarter of an hour later.
    guest.goto("about:blank")

    def too_long() -> bool:
        at, never = now() + timedelta(minutes=15), timedelta(days=1)
        house.server.run(lambda repository: endings.time_passes(repository, at, never))
        return bool(knock_of(visitor, house)["reason"] == "connection")

    until(guest, too_long, "the seat is given away", 30)
    guest.goto(door(house))
    expect(guest.get_by_role("heading", level=1)).to_have_text("Your connection was lost for too long.")
    expect(guest.locator(".line")).to_have_text("You can ask again.")
    assert axe(guest) == []
    in_french(guest)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Votre connexion est restée coupée trop longtemps.")
    assert axe(guest) == []
    guest.get_by_role("button", name="Redemander").click()
    expect(guest.get_by_role("button", name="Annuler")).to_be_visible()
    assert knock_of(visitor, house)["state"] == "waiting"


# -- for everybody --


def test_axe_finds_nothing_wrong_in_the_meeting(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    assert axe(page) == []
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    assert axe(guest) == []
    # When the banners of an arrival have gone.
    page.wait_for_timeout(5_000)
    assert axe(page) == []
    say = in_french(page)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    assert axe(page) == []
    page.locator(".bar [data-control=settings]").click()
    expect(page.locator("#more [data-entry=settings]")).to_be_visible()
    assert axe(page) == []
    page.locator("#more [data-entry=settings]").click()
    expect(page.get_by_role("dialog").locator("select").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name=say("Keyboard shortcuts"))).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=say("Leave"), exact=True).click()
    page.get_by_role("button", name=say("Leave, the others stay")).click()
    expect(page.get_by_role("button", name=say("Join again"))).to_be_visible()
    assert axe(page) == []
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_role("button", name="Ask again")).to_be_visible()
    assert axe(guest) == []


@pytest.mark.parametrize("size", [(360, 640), (640, 360)], ids=["upright", "on its side"])
def test_on_a_small_phone_everybody_and_the_whole_bar_are_seen(
    house: House, owner: Person, somebody: Somebody, size: tuple[int, int]
) -> None:
    join(owner, house)
    width, height = size
    phone = somebody(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    page = let_in(owner, phone, house)
    for button in ("Turn the microphone off", "Turn the camera off", "Leave"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
    expect(tile(page, "Olga Owner")).to_be_in_viewport(ratio=0.99)
    expect(tile(page, "Nora Dahl (you)")).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
