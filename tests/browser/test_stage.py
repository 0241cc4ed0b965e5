"""What a meeting's page can do: who is where, screens, devices, keys, and a phone. People are real, so is LiveKit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from admission.directory import Plan
from tests.browser import test_meeting
from tests.browser.crowd import a_crowd
from tests.browser.house import House
from tests.browser.people import CHROMIUM, FLAGS, Person, axe, in_french, look_at, look_away, notifications, until
from tests.browser.server import Vestibule
from tests.browser.test_meeting import LEVEL, OPENINGS, admit, bar, door, join, let_in, moves, tile

Somebody = Callable[..., Person]


speaking = test_meeting.speaking
"""A browser whose microphone plays a tone, over and over."""


def entries(owner: Person, house: House, count: int) -> list[dict[str, Any]]:
    """So many guests asked and were let in: what lets them connect."""
    found = []
    for number in range(count):
        guest = house.guest(f"Guest {number + 1}")
        admit(owner, guest.id)
        found.append(guest.entry())
    return found


def button(page: Page, name: str) -> Locator:
    return bar(page).get_by_role("button", name=name, exact=True)


def entry_of_menu(page: Page, name: str, opener: str = "Settings") -> Locator:
    """One line of the menu, opened."""
    button(page, opener).click()
    return page.locator("#more").get_by_role("button", name=name, exact=True)


def places(page: Page) -> dict[str, str]:
    """Who stands where, by key: main, side, tile or corner."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelector("visit-page").shadowRoot.querySelector("meeting-stage")
          .shadowRoot.querySelectorAll("meeting-tile")].map((one) => [
            one.shadowRoot.querySelector("[role=group]").ariaLabel, one.classList[1]]))"""
    )
    return found


# -- who is where --


def test_a_crowd_stands_on_pages_and_only_the_page_that_is_seen_is_fetched(
    build_house: Callable[..., House], somebody: Somebody
) -> None:
    house = build_house(plan=Plan.PREMIUM, seats=30)
    owner = somebody(house.sign_in(house.owner), viewport={"width": 700, "height": 500})
    page = join(owner, house)
    with a_crowd(entries(owner, house, 24)):
        pages = page.get_by_role("navigation", name="Pages of people")
        expect(pages).to_contain_text("1 of 2")
        expect(tile(page, "Olga Owner (you)")).to_be_visible()
        first = [label for label, place in places(page).items() if place == "tile"]
        videos = page.locator("meeting-tile.tile video.seen")
        expect(videos).to_have_count(len(first), timeout=20_000)
        pages.get_by_role("button", name="Next page").click()
        expect(pages).to_contain_text("2 of 2")
        second = [label for label, place in places(page).items() if place == "tile"]
        # Everybody is on one of them, and oneself on each.
        assert len(first) + len(second) == 26
        assert set(first) & set(second) == {"Olga Owner (you)"}
        expect(videos).to_have_count(len(second), timeout=20_000)
        # What is not seen any more is let go after a moment.
        until(page, lambda: fetched(page) < len(second), "the first page is let go", 15)
        # Wide enough for everybody: no pages.
        page.set_viewport_size({"width": 1280, "height": 800})
        expect(pages).to_have_count(0)
        expect(page.locator("meeting-tile.tile video.seen")).to_have_count(25, timeout=20_000)


def fetched(page: Page) -> int:
    """How many videos of others this page receives."""
    count: int = page.evaluate(
        """() => document.querySelector("visit-page").run.call.people
          .filter((person) => !person.me && person.picture !== null).length"""
    )
    return count


def three_meet(house: House, owner: Person, visitor: Person, somebody: Somebody) -> tuple[Page, Page]:
    """The owner, a colleague, and Nora Dahl, who was let in: the owner's page and hers."""
    page = join(owner, house)
    join(somebody(house.sign_in(house.colleague)), house)
    guest = let_in(owner, visitor, house)
    expect(page.locator("meeting-tile.tile")).to_have_count(3)
    return page, guest


def test_who_is_pinned_stays_large_and_who_speaks_is_large_in_the_other_layout(
    house: House, owner: Person, visitor: Person, somebody: Somebody
) -> None:
    page, _ = three_meet(house, owner, visitor, somebody)
    tile(page, "Nora Dahl").hover()
    pin = tile(page, "Nora Dahl").get_by_role("button", name="Keep Nora Dahl large")
    pin.click()
    expect(pin).to_have_attribute("aria-pressed", "true")
    assert places(page)["Nora Dahl, visitor"] == "main"
    assert sorted(places(page).values()) == ["main", "side", "side"]
    # Only for oneself, and until it is taken back.
    pin.click()
    expect(page.locator("meeting-tile.tile")).to_have_count(3)
    entry_of_menu(page, "Speaker view").click()
    expect(page.locator("meeting-tile.main")).to_have_count(1)
    # The choice is kept for the next time.
    page.reload()
    expect(page.locator("meeting-tile.main")).to_have_count(1)
    entry_of_menu(page, "Grid view").click()
    expect(page.locator("meeting-tile.main")).to_have_count(0)


def test_who_is_pinned_is_large_again_after_a_reload_of_theirs_and_a_break_of_ones_own(
    house: House, owner: Person, visitor: Person, somebody: Somebody
) -> None:
    page, guest = three_meet(house, owner, visitor, somebody)
    tile(page, "Nora Dahl").hover()
    tile(page, "Nora Dahl").get_by_role("button", name="Keep Nora Dahl large").click()
    expect(page.locator("meeting-tile.main")).to_have_count(1)
    guest.reload()
    expect(page.locator("meeting-tile.main")).to_have_count(0)
    until(page, lambda: places(page).get("Nora Dahl, visitor") == "main", "she is large again")
    breaks(page)
    until(page, lambda: places(page).get("Nora Dahl, visitor") == "main", "she is still large")


# What a screen reader is told, in the order in which it is.
HEARD = """
() => {
  window.heard = [];
  const told = (region) => {
    const text = region.textContent.trim();
    if (text !== "") window.heard.push(text);
  };
  const page = document.querySelector("visit-page").shadowRoot;
  const stage = page.querySelector("meeting-stage").shadowRoot;
  for (const region of [page, stage].flatMap((root) => [...root.querySelectorAll(".heard[role=status]")]))
    new MutationObserver(() => told(region)).observe(region, {childList: true, characterData: true, subtree: true});
}
"""


def test_a_screen_reader_is_told_once_of_a_break_and_of_its_end_and_not_that_the_others_came(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    page.evaluate(HEARD)
    let_in(owner, visitor, house)
    until(page, lambda: page.evaluate("heard.includes('Nora Dahl joined.')"), "who comes is told")
    page.evaluate("heard.length = 0")
    breaks(page)
    moves(page, tile(page, "Nora Dahl").locator("video"))
    assert [told.split(".")[0] for told in page.evaluate("heard")] == [
        "Your connection is interrupted",
        "You are connected again",
    ]


# -- who does not look --


def test_a_screen_reader_is_told_who_joins_and_who_leaves(house: House, owner: Person, somebody: Somebody) -> None:
    page = join(owner, house)
    heard = page.locator("meeting-stage [role=status]")
    colleague = join(somebody(house.sign_in(house.colleague)), house)
    expect(heard.filter(has_text="Colin Reyes joined.")).to_have_count(1)
    colleague.get_by_role("button", name="Leave").click()
    expect(heard.filter(has_text="Colin Reyes left.")).to_have_count(1)
    expect(heard.filter(has_text="joined")).to_have_count(0)


MOVING = """
() => {
  const within = (root) => [
    root, ...[...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ? within(one.shadowRoot) : []),
  ];
  return within(document).flatMap((root) => root.getAnimations()).length;
}
"""


def test_nothing_moves_in_the_meeting_for_who_wants_no_motion(
    house: House, somebody: Somebody, visitor: Person
) -> None:
    owner = somebody(house.sign_in(house.owner), reduced_motion="reduce")
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    page.keyboard.press("c")
    button(page, "Reactions").click()
    assert page.evaluate(MOVING) == 0
    button(guest, "Reactions").click()
    reaction = guest.get_by_role("button", name="Applause")
    reaction.click()
    expect(page.locator("tile-marks .reaction").first).to_be_visible()
    assert page.evaluate(MOVING) == 0
    reaction.click()
    until(guest, lambda: guest.evaluate(MOVING) > 0, "it rises for who wants motion")


# -- screens --


def test_a_shared_screen_takes_the_stage_of_the_others_and_not_ones_own(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl")).to_be_visible()
    button(page, "Share your screen").click()
    expect(page.get_by_text("You are sharing your screen.")).to_be_visible()
    screen = tile(guest, "Olga Owner’s screen")
    moves(guest, screen.locator("video"))
    assert places(guest)["Olga Owner’s screen"] == "main"
    # No mirror within a mirror.
    expect(page.locator("meeting-tile.main")).to_have_count(0)
    # And nobody's name on the screen that everybody sees.
    expect(page.locator("door-bell")).to_have_attribute("sharing", "")
    # A second one at the same time: the newest is large, the other beside it, and either can be pinned.
    button(guest, "Share your screen").click()
    expect(tile(page, "Nora Dahl’s screen")).to_be_visible()
    assert places(page)["Nora Dahl’s screen"] == "main"
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(tile(guest, "Olga Owner’s screen")).to_have_count(0)
    expect(page.locator("door-bell")).not_to_have_attribute("sharing", "")
    expect(page.get_by_text("You are sharing your screen.")).to_have_count(0)


def test_whoever_shared_when_the_line_broke_is_told_that_nobody_sees_it_any_more(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    button(page, "Share your screen").click()
    expect(tile(guest, "Olga Owner’s screen")).to_be_visible()
    breaks(page)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Your screen is no longer shared.")
    told.get_by_role("button", name="Share again").click()
    expect(told).to_have_count(0)
    expect(page.get_by_text("You are sharing your screen.")).to_be_visible()
    moves(guest, tile(guest, "Olga Owner’s screen").locator("video"))


def test_of_several_shared_screens_the_other_can_be_pinned(house: House, owner: Person) -> None:
    page = join(owner, house)
    with a_crowd(entries(owner, house, 3), sharing=(0, 2)):
        expect(page.locator("meeting-tile.main")).to_have_count(1)
        expect(tile(page, "’s screen")).to_have_count(2)
        large = next(label for label, place in places(page).items() if place == "main")
        other = next(label for label, place in places(page).items() if place == "side" and "screen" in label)
        tile(page, other).hover()
        tile(page, other).get_by_role("button", name=f"Keep {other} large").click()
        until(page, lambda: places(page)[other] == "main" and places(page)[large] == "side", "they change places")


def test_the_sound_of_a_shared_screen_is_heard(house: House, owner: Person) -> None:
    page = join(owner, house)
    with a_crowd(entries(owner, house, 1), sharing=(0,), sounding=(0,)):
        expect(tile(page, "Guest 1’s screen")).to_be_visible()
        until(page, lambda: page.evaluate(LEVEL) > 0.05, "its sound arrives")


def test_of_this_pages_own_sound_nothing_is_shared(house: House, owner: Person) -> None:
    owner.context.add_init_script(
        """const devices = navigator.mediaDevices;
        const ask = devices?.getDisplayMedia.bind(devices);
        if (ask) devices.getDisplayMedia = (wanted) => { window.wanted = wanted; return ask(wanted); };"""
    )
    page = join(owner, house)
    button(page, "Share your screen").click()
    expect(page.get_by_text("You are sharing your screen.")).to_be_visible()
    # Whoever shares all that sounds here would send the others their own voices.
    assert page.evaluate("window.wanted.audio") == {"restrictOwnAudio": True}


def test_while_this_page_shares_a_knock_shows_no_name(house: House, owner: Person) -> None:
    page = join(owner, house)
    page.evaluate("localStorage.setItem('choice/notifications', 'on')")
    look_away(page)
    house.guest("Samira Haddad", "It is about my results.")
    until(page, lambda: [one["title"] for one in notifications(page)] == ["Samira Haddad is at your door"], "she is")
    look_at(page)
    bell = page.get_by_role("region", name="At your door", exact=True)
    expect(bell).to_contain_text("Samira")
    button(page, "Share your screen").click()
    expect(page.get_by_text("You are sharing your screen.")).to_be_visible()
    expect(bell).to_be_visible()
    expect(bell).not_to_contain_text("Samira")
    expect(bell).not_to_contain_text("results")
    # Nor does the desktop's own word of her, which came before.
    until(page, lambda: notifications(page)[0]["closed"], "her name leaves the desktop")
    look_away(page)
    house.guest("Tilo Brandt", "It is about my results, too.")
    until(page, lambda: len(notifications(page)) == 2, "somebody is told")
    assert (notifications(page)[1]["title"], notifications(page)[1]["body"]) == ("Somebody is at your door", "")


# -- devices --


@pytest.fixture
def three_cameras(chromium: Browser) -> Iterator[Browser]:
    """A browser with several cameras, microphones and speakers. Its second camera sends no pictures to anybody."""
    flags = [flag for flag in FLAGS if "use-fake-device" not in flag]
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=[*flags, "--use-fake-device-for-media-stream=device-count=3"]
    )
    yield browser
    browser.close()


def test_a_camera_is_changed_in_the_meeting_and_remembered(
    house: House, vestibule: Vestibule, three_cameras: Browser, visitor: Person
) -> None:
    owner = Person(three_cameras, vestibule.url, house.sign_in(house.owner))
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    entry_of_menu(page, "Devices and settings").click()
    menu = page.get_by_label("Camera", exact=True)
    before = menu.input_value()
    other = menu.locator("option").evaluate_all(
        "(all, before) => all.map((one) => one.value).findLast((one) => one !== before)", before
    )
    menu.select_option(value=other)
    until(page, lambda: device(page, "camera") == other, "the other camera is in use")
    plays(guest, tile(guest, "Olga Owner").locator("video"))
    assert page.evaluate("localStorage.getItem('device/camera')") == other
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button(page, "Settings")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert owner.unexpected() == []


# Counts the copies of tracks that are alive: what listens to a microphone has one of its own.
COPIES = """
window.copies = [];
const clone = MediaStreamTrack.prototype.clone;
MediaStreamTrack.prototype.clone = function () {
  const copy = clone.call(this);
  if (this.kind === "audio") window.copies.push(copy);
  return copy;
};
"""


def test_the_level_in_the_settings_listens_while_they_are_open_and_no_longer(house: House, owner: Person) -> None:
    owner.context.add_init_script(COPIES)
    page = join(owner, house)
    expect(button(page, "Turn the microphone off")).to_be_visible()

    def listening() -> int:
        count: int = page.evaluate("window.copies.filter((one) => one.readyState === 'live').length")
        return count

    entry_of_menu(page, "Devices and settings").click()
    meter = page.get_by_role("meter", name="Microphone level")
    # Chromium's own microphone beeps once a second.
    until(page, lambda: int(meter.get_attribute("aria-valuenow") or 0) > 0, "a beep is seen")
    before = listening()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    until(page, lambda: listening() < before, "its ear is let go")


def test_a_microphone_and_a_speaker_are_changed_in_the_meeting_and_remembered(
    house: House, vestibule: Vestibule, three_cameras: Browser, visitor: Person
) -> None:
    owner = Person(three_cameras, vestibule.url, house.sign_in(house.owner))
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    expect(page.locator("audio")).to_have_count(1)
    entry_of_menu(page, "Devices and settings").click()
    for kind in ("microphone", "speaker"):
        menu = page.get_by_label(kind.capitalize(), exact=True)
        other = menu.locator("option").evaluate_all(
            "(all, before) => all.map((one) => one.value).findLast((one) => one !== before)", menu.input_value()
        )
        menu.select_option(value=other)
        until(page, partial(is_used, page, kind, other), f"the other {kind} is in use and remembered")
    assert page.locator("audio").evaluate("(one) => one.sinkId") == device(page, "speaker")
    until(guest, lambda: guest.evaluate(LEVEL) > 0.01, "the other microphone is heard")
    assert owner.unexpected() == []


def is_used(page: Page, kind: str, other: str) -> bool:
    kept: str | None = page.evaluate("(kind) => localStorage.getItem(`device/${kind}`)", kind)
    return device(page, kind) == kept == other


# Which way a camera was asked to look, and that it does: made-up cameras look nowhere.
FACING = """
window.facing = [];
const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (open) navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  for (const track of stream.getVideoTracks()) {
    const [settings, facingMode] = [track.getSettings(), wanted.video.facingMode ?? "user"];
    track.getSettings = () => ({...settings, facingMode});
    window.facing.push(facingMode);
  }
  return stream;
};
"""


def test_a_phone_switches_between_its_front_and_its_back_camera(
    house: House, vestibule: Vestibule, three_cameras: Browser, visitor: Person
) -> None:
    phone = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
    owner = Person(three_cameras, vestibule.url, house.sign_in(house.owner), **phone)
    owner.context.add_init_script(FACING)
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    for facing in ("environment", "user"):
        entry_of_menu(page, "Switch camera", "More").tap()
        page.wait_for_function("(facing) => window.facing.at(-1) === facing", arg=facing)
        plays(guest, tile(guest, "Olga Owner").locator("video"))
        expect(button(page, "Turn the camera off")).to_be_visible()
    assert owner.unexpected() == []


def plays(page: Page, video: Locator) -> None:
    """Wait until more pictures have come, moving or not: some made-up cameras show a still."""
    expect(video).to_be_visible()
    count = "(video) => video.getVideoPlaybackQuality().totalVideoFrames"
    first = video.evaluate(count)
    until(page, lambda: video.evaluate(count) > first + 5, "pictures come")


def device(page: Page, kind: str) -> str:
    used: str = page.evaluate("(kind) => document.querySelector('visit-page').run.call.device(kind)", kind)
    return used


# As when a cable is pulled: the device is not listed any more, and its track has ended.
PULLED = """
async (gone) => {
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  const cameras = (await list()).filter((one) => one.kind === "videoinput").map((one) => one.deviceId);
  const pulled = [...gone, cameras[1]];
  navigator.mediaDevices.enumerateDevices = async () => (await list()).filter((one) => !pulled.includes(one.deviceId));
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}
"""


def test_a_camera_that_disappears_is_replaced_and_the_page_says_by_which(
    house: House, vestibule: Vestibule, three_cameras: Browser, visitor: Person
) -> None:
    owner = Person(three_cameras, vestibule.url, house.sign_in(house.owner))
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    gone = device(page, "camera")
    page.evaluate(PULLED, [gone])
    expect(page.get_by_role("alert")).to_contain_text("Your camera is no longer connected. fake_device")
    assert device(page, "camera") != gone
    plays(guest, tile(guest, "Olga Owner").locator("video"))
    assert owner.unexpected() == []


def test_of_a_headset_that_disappears_both_its_halves_are_told(
    house: House, vestibule: Vestibule, three_cameras: Browser
) -> None:
    owner = Person(three_cameras, vestibule.url, house.sign_in(house.owner))
    page = join(owner, house)
    entry_of_menu(page, "Devices and settings").click()
    menus = [page.get_by_label(kind, exact=True) for kind in ("Microphone", "Speaker")]
    for menu in menus:
        menu.select_option(index=2)
    chosen = [menu.input_value() for menu in menus]
    until(page, lambda: [device(page, kind) for kind in ("microphone", "speaker")] == chosen, "both are changed")
    page.keyboard.press("Escape")
    page.evaluate(PULLED, chosen)
    told = page.get_by_role("alert")
    expect(told.filter(has_text="Your microphone is no longer connected.")).to_be_visible()
    expect(told.filter(has_text="Your speaker is no longer connected.")).to_be_visible()
    assert axe(page) == []
    assert device(page, "microphone") not in chosen
    assert owner.unexpected() == []


# As Chromium does when the system's default headset is pulled out: "default" is another device by then.
DEFAULT_PULLED = """
async () => {
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  const microphone = (deviceId, label) => ({kind: "audioinput", deviceId, label, groupId: label});
  const now = async (...microphones) => {
    const others = (await list()).filter((one) => one.kind !== "audioinput");
    navigator.mediaDevices.enumerateDevices = async () => [...others, ...microphones];
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    await new Promise((later) => setTimeout(later, 500));
  };
  const builtIn = microphone("b", "Built-in");
  await now(microphone("default", "Default - Headset"), microphone("h", "Headset"), builtIn);
  await now(microphone("default", "Default - Built-in"), builtIn);
}
"""


def test_a_default_headset_that_is_pulled_out_is_told(house: House, owner: Person) -> None:
    page = join(owner, house)
    expect(button(page, "Turn the microphone off")).to_be_visible()
    page.evaluate(DEFAULT_PULLED)
    expect(page.get_by_role("alert")).to_have_text(
        "Your microphone is no longer connected. Default – Built-in is used now."
    )


def test_who_refuses_the_camera_joins_is_heard_and_told_what_to_do(
    house: House, vestibule: Vestibule, chromium: Browser, owner: Person
) -> None:
    at_meeting = join(owner, house)
    flags = [flag for flag in FLAGS if "fake-ui" not in flag]
    strict = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    colleague = Person(strict, vestibule.url, house.sign_in(house.colleague), permissions=["microphone"])
    page = join(colleague, house)
    expect(tile(at_meeting, "Colin Reyes, camera off")).to_be_visible()
    expect(button(page, "Turn the microphone off")).to_be_visible()
    button(page, "Turn the camera on").click()
    expect(page.get_by_role("alert")).to_contain_text("Your browser does not allow the camera here.")
    assert colleague.unexpected() == []
    strict.close()


def test_audio_only_fetches_no_cameras_and_sends_none_until_it_is_over(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    moves(page, tile(page, "Nora Dahl").locator("video"))
    entry_of_menu(page, "Audio only").click()
    expect(tile(page, "Nora Dahl").locator("video")).to_have_count(0)
    expect(tile(guest, "Olga Owner, camera off")).to_be_visible()
    until(page, lambda: fetched(page) == 0, "nothing is fetched", 15)
    # On a poor line above all a reload must not fetch every picture again.
    page.reload()
    expect(bar(page)).to_be_visible()
    expect(page.get_by_role("button", name="Show pictures")).to_be_visible()
    expect(tile(page, "Nora Dahl").locator("video")).to_have_count(0)
    expect(button(page, "Turn the camera on")).to_be_visible()
    page.get_by_role("button", name="Show pictures").click()
    moves(page, tile(page, "Nora Dahl").locator("video"))
    moves(guest, tile(guest, "Olga Owner").locator("video"))


# As when a phone call takes the microphone: its track goes silent by itself.
TAKEN = """
() => {
  const track = window.given.findLast((one) => one.kind === "audio" && one.readyState === "live");
  Object.defineProperty(track, "muted", { get: () => true });
  track.dispatchEvent(new Event("mute"));
}
"""
GIVEN = """
window.given = [];
const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (window.refusing) throw new DOMException("Device in use", "NotReadableError");
  const stream = await ask(wanted);
  window.given.push(...stream.getTracks());
  return stream;
};
"""


def opened_anew(page: Page) -> None:
    """Its microphone was opened once more, and is on."""
    until(page, lambda: page.evaluate("given.filter((one) => one.kind === 'audio').length") > 1, "it is opened anew")
    expect(button(page, "Turn the microphone off")).to_be_visible()


def test_a_microphone_that_the_system_took_is_taken_back_at_a_press_or_put_away(house: House, owner: Person) -> None:
    owner.context.add_init_script(GIVEN)
    page = join(owner, house)
    expect(button(page, "Turn the microphone off")).to_be_visible()
    page.evaluate(TAKEN)
    told = page.get_by_role("alert").filter(has_text="Your microphone was switched off outside this page.")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Try again").click()
    expect(told).to_have_count(0)
    opened_anew(page)
    # It stays beside what else is told, until it is put away.
    page.evaluate(TAKEN)
    expect(told).to_be_visible()
    page.evaluate("void (navigator.mediaDevices.getDisplayMedia = async () => { throw new Error(); })")
    button(page, "Share your screen").click()
    expect(page.get_by_role("alert").filter(has_text="Your screen could not be shared.")).to_be_visible()
    told.get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)


def test_a_microphone_that_a_phone_call_took_is_taken_back_when_its_person_returns(
    house: House, somebody: Somebody
) -> None:
    phone = somebody(house.sign_in(house.owner), viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    phone.context.add_init_script(GIVEN)
    page = join(phone, house)
    expect(button(page, "Turn the microphone off")).to_be_visible()
    look_away(page)
    page.evaluate(TAKEN)
    told = page.get_by_role("alert").filter(has_text="Your phone took the microphone.")
    expect(told).to_be_visible()
    look_at(page)
    expect(told).to_have_count(0)
    opened_anew(page)


# As when the system ends a track for good, and lets nobody have another.
ENDED = """
() => {
  const track = window.given.findLast((one) => one.kind === "audio" && one.readyState === "live");
  window.refusing = true;
  track.stop();
  track.dispatchEvent(new Event("ended"));
}
"""


def test_a_microphone_that_was_ended_and_cannot_be_had_is_told_and_is_not_turned_on_unasked(
    house: House, owner: Person
) -> None:
    owner.context.add_init_script(GIVEN)
    page = join(owner, house)
    expect(button(page, "Turn the microphone off")).to_be_visible()
    page.evaluate(ENDED)
    told = page.get_by_role("alert").filter(has_text="Your microphone was switched off outside this page.")
    expect(told).to_be_visible()
    expect(button(page, "Turn the microphone on")).to_be_visible()
    told.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert").filter(has_text="Another program is using your microphone.")).to_be_visible()
    expect(told).to_be_visible()
    page.evaluate("void (window.refusing = false)")
    look_away(page)
    look_at(page)
    page.wait_for_timeout(2_500)
    expect(button(page, "Turn the microphone on")).to_be_visible()
    told.get_by_role("button", name="Try again").click()
    expect(told).to_have_count(0)
    opened_anew(page)


def test_the_whole_screen_and_the_small_window(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    let_in(owner, visitor, house)
    expect(tile(page, "Nora Dahl").locator("video.seen")).to_be_visible()
    entry_of_menu(page, "Full screen").click()
    # The whole page: the pop-up at the door is on it, too.
    until(
        page, lambda: page.evaluate("document.fullscreenElement === document.documentElement"), "it is the whole screen"
    )
    page.keyboard.press("f")
    until(page, lambda: page.evaluate("document.fullscreenElement === null"), "it is not any more")
    entry_of_menu(page, "In a small window").click()
    until(page, lambda: page.evaluate("document.pictureInPictureElement !== null"), "there is a small window")
    entry_of_menu(page, "Close the small window").click()
    until(page, lambda: page.evaluate("document.pictureInPictureElement === null"), "there is none any more")


def test_the_small_window_goes_on_when_what_it_shows_ends(house: House, owner: Person, visitor: Person) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    small = page.locator("meeting-stage video.window")
    button(guest, "Share your screen").click()
    moves(page, tile(page, "Nora Dahl’s screen").locator("video"))
    entry_of_menu(page, "In a small window").click()
    moves(page, small)
    # The share ends: now it shows who shared, and the next share again.
    button(guest, "Stop sharing").click()
    expect(tile(page, "Nora Dahl’s screen")).to_have_count(0)
    moves(page, small)
    assert page.evaluate("document.pictureInPictureElement !== null")
    button(guest, "Share your screen").click()
    moves(page, tile(page, "Nora Dahl’s screen").locator("video"))
    until(page, lambda: size_of(small) == size_of(tile(page, "’s screen").locator("video")), "it shows the new share")
    # After a break it shows the same people on the new line.
    sounds = page.locator("audio").count()
    breaks(page)
    moves(page, tile(page, "Nora Dahl’s screen").locator("video"))
    moves(page, small)
    expect(page.locator("audio")).to_have_count(sounds)
    entry_of_menu(page, "Close the small window").click()
    moves(page, tile(page, "Nora Dahl’s screen").locator("video"))
    button(guest, "Stop sharing").click()
    # With nothing to show it is not opened, and the page says why.
    button(guest, "Turn the camera off").click()
    expect(tile(page, "Nora Dahl, visitor, camera off")).to_be_visible()
    entry_of_menu(page, "In a small window").click()
    expect(page.get_by_role("alert")).to_contain_text("All other cameras are off.")
    button(guest, "Turn the camera on").click()
    moves(page, tile(page, "Nora Dahl").locator("video"))
    entry_of_menu(page, "In a small window").click()
    moves(page, small)


def breaks(page: Page) -> None:
    """The line to the meeting is lost for good: the page asks for a fresh entry by itself, and is in again."""
    page.evaluate("document.querySelector('visit-page').run.send({is: 'dropped', reason: 0})")
    expect(page.locator(".banner.warn")).to_be_attached()
    expect(page.locator(".banner.warn")).to_have_count(0)


def size_of(video: Locator) -> list[int]:
    """Of its pictures."""
    size: list[int] = video.evaluate("(video) => [video.videoWidth, video.videoHeight]")
    return size


# -- keys --


def test_keys_do_what_the_bar_does_and_never_while_somebody_writes(
    house: House, owner: Person, visitor: Person
) -> None:
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    page.keyboard.press("m")
    expect(button(page, "Turn the microphone on")).to_be_visible()
    page.keyboard.press("v")
    expect(button(page, "Turn the camera on")).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator("meeting-tile.main")).to_have_count(1)
    # Held, the space bar opens the microphone, also right after a click on a button.
    button(page, "Turn the camera on").click()
    expect(button(page, "Turn the camera off")).to_be_visible()
    page.keyboard.down(" ")
    expect(button(page, "Turn the microphone off")).to_be_visible()
    page.keyboard.up(" ")
    expect(button(page, "Turn the microphone on")).to_be_visible()
    expect(button(page, "Turn the camera off")).to_be_visible()

    page.keyboard.press("c")
    box = page.get_by_label("Message to everybody here")
    box.press_sequentially("m v l ? hello")
    page.keyboard.down(" ")
    expect(box).to_have_value("m v l ? hello ")
    page.keyboard.up(" ")
    box.press("Enter")
    guest.keyboard.press("c")
    expect(guest.locator("chat-panel .message")).to_contain_text("m v l ? hello")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
    expect(page.locator("meeting-tile.main")).to_have_count(1)
    expect(tile(guest, "Olga Owner, microphone off")).to_be_visible()
    expect(button(page, "Turn the microphone on")).to_be_visible()
    expect(button(page, "Turn the camera off")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    assert axe(page) == []
    keys.get_by_role("button", name="Microphone on or off: M. Change the key").click()
    page.keyboard.press("d")
    expect(keys.get_by_role("button", name="Microphone on or off: D. Change the key")).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("d")
    expect(button(page, "Turn the microphone off")).to_be_visible()
    page.keyboard.press("m")
    page.wait_for_timeout(200)
    expect(button(page, "Turn the microphone off")).to_be_visible()


# What has the focus, by its name, through all shadow roots.
FOCUSED = """
() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.ariaLabel ?? at?.textContent.trim();
}
"""


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until the focus is on what is called so. Returns what it came by."""
    passed: list[str] = []
    while name not in passed:
        assert len(passed) < 60, f"no {name} among {passed}"
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
    return passed


def test_the_meeting_is_used_by_keyboard_and_the_focus_is_never_lost(
    house: House, owner: Person, visitor: Person, somebody: Somebody
) -> None:
    page, _ = three_meet(house, owner, visitor, somebody)
    # A tile is pinned, though it changes its place.
    tab_to(page, "Keep Nora Dahl large")
    page.keyboard.press("Enter")
    until(page, lambda: places(page)["Nora Dahl, visitor"] == "main", "she is large")
    assert page.evaluate(FOCUSED) == "Keep Nora Dahl large"
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"In the meeting \d:\d\d"))
    # The bar in its order.
    walked = tab_to(page, "Leave")
    walked = walked[walked.index("Turn the microphone off") :]
    assert walked == [
        *("Turn the microphone off", "Turn the camera off", "Share your screen"),
        *("Raise your hand", "Reactions", "Chat", "People", "Contributions", "Moderate", "Settings", "Leave"),
    ]
    # A panel takes the focus and gives it back.
    button(page, "People").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="People")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(page, "People")).to_be_focused()
    # What is pressed and gone leaves the focus on the page's heading.
    entry_of_menu(page, "Audio only").click()
    page.get_by_role("button", name="Show pictures").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    button(page, "Share your screen").press("Enter")
    page.get_by_role("button", name="Stop", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    # A break takes nothing from whoever is at a button.
    for name in ("Raise your hand", "Share your screen", "Turn the microphone off"):
        button(page, name).focus()
        page.evaluate("document.querySelector('visit-page').run.send({is: 'interrupted'})")
        expect(page.locator(".banner.warn")).to_be_visible()
        expect(button(page, name)).to_be_focused()
        page.evaluate("document.querySelector('visit-page').run.send({is: 'mended'})")
        expect(page.locator(".banner.warn")).to_have_count(0)
        expect(button(page, name)).to_be_focused()


def test_who_talks_while_muted_is_told(house: House, vestibule: Vestibule, speaking: Browser) -> None:
    owner = Person(speaking, vestibule.url, house.sign_in(house.owner))
    page = join(owner, house)
    button(page, "Turn the microphone off").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("You are muted.")
    told.get_by_role("button", name="Turn the microphone on").click()
    expect(button(page, "Turn the microphone off")).to_be_visible()
    expect(told).to_have_count(0)
    assert owner.unexpected() == []


def test_a_microphone_that_was_off_at_the_door_is_opened_by_nobody_and_the_settings_say_so(
    house: House, owner: Person
) -> None:
    owner.context.add_init_script(OPENINGS)
    page = owner.opens(door(house))
    page.get_by_role("button", name="Turn the microphone off").click()
    # Its light is allowed, and goes on at a press only.
    page.reload()
    expect(page.locator("door-preview video")).to_be_visible()
    page.get_by_role("button", name="Join now").click()
    expect(button(page, "Turn the camera off")).to_be_visible()
    entry_of_menu(page, "Devices and settings").click()
    expect(page.get_by_role("checkbox", name="Tell me when I talk while I am muted")).to_be_checked()
    expect(page.get_by_text("Not before it was turned on: until then it is closed.")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("window.openings") == ["video"]


def test_what_could_not_be_loaded_is_told_and_loaded_with_the_next_press(house: House, owner: Person) -> None:
    page = join(owner, house)
    owner.expects("Failed to load resource")
    page.route("**/assets/menus-*.js", lambda route: route.abort())
    entry_of_menu(page, "Devices and settings").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not reach the server. Please try again.")
    page.unroute("**/assets/menus-*.js")
    entry_of_menu(page, "Devices and settings").click()
    expect(page.get_by_role("dialog", name="Devices and settings")).to_be_visible()


def test_ones_link_is_copied_and_said_also_where_the_browser_has_no_clipboard(house: House, owner: Person) -> None:
    page = join(owner, house)
    # As over plain http.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.execCommand = (what) => { window.marked = getSelection().toString(); return what === 'copy'; }"
    )
    page.get_by_role("button", name="Copy your link").press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    expect(page.locator(".alone [role=status]")).to_have_text("Copied")
    assert page.evaluate("marked").endswith(f"/m/{house.slug}")
    expect(page.get_by_role("button", name="Copy your link")).to_be_visible()
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy your link").click()
    expect(page.get_by_role("alert")).to_contain_text(f"/m/{house.slug}")


# -- small screens, everybody --


@pytest.mark.parametrize("size", [(360, 640), (640, 360)], ids=["upright", "on its side"])
def test_on_a_phone_everything_is_in_the_bar_or_under_more(
    house: House, owner: Person, somebody: Somebody, size: tuple[int, int]
) -> None:
    width, height = size
    join(owner, house)
    phone = somebody(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    page = let_in(owner, phone, house)
    expect(tile(page, "Olga Owner")).to_be_in_viewport(ratio=0.99)
    for name in ("Turn the microphone off", "Turn the camera off", "More", "Leave"):
        expect(button(page, name)).to_be_in_viewport(ratio=1)
    entry_of_menu(page, "Audio only", "More").tap()
    expect(page.get_by_text("Audio only: cameras are off, also yours.")).to_be_visible()
    page.get_by_role("button", name="Show pictures").tap()
    button(page, "More").tap()
    page.wait_for_timeout(300)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_on_its_side_the_bar_stays_beside_the_chat_until_somebody_writes(
    house: House, owner: Person, somebody: Somebody
) -> None:
    join(owner, house)
    phone = somebody(viewport={"width": 640, "height": 360}, has_touch=True, is_mobile=True)
    page = let_in(owner, phone, house)
    button(page, "More").tap()
    page.locator("#more").get_by_role("button", name="Chat").tap()
    box = page.get_by_label("Message to everybody here")
    expect(box).to_be_in_viewport(ratio=1)
    for name in ("Turn the microphone off", "Leave"):
        expect(button(page, name)).to_be_in_viewport(ratio=1)
    # Its keyboard needs the room.
    box.tap()
    expect(bar(page)).to_be_hidden()
    page.get_by_role("heading", name="Chat").tap()
    expect(button(page, "Turn the microphone off")).to_be_in_viewport(ratio=1)


def test_at_twice_the_size_on_a_small_laptop_stage_chat_and_settings_are_whole(
    house: House, owner: Person, somebody: Somebody
) -> None:
    join(owner, house)
    # 1280 × 800 at 200 %.
    page = let_in(owner, somebody(viewport={"width": 640, "height": 400}), house)

    def is_whole(*seen: Locator) -> None:
        for one in (*seen, *bar(page).get_by_role("button").all()):
            expect(one).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640

    is_whole(tile(page, "Olga Owner"))
    # There is no room for the time.
    expect(page.get_by_role("timer")).to_have_count(0)
    button(page, "More").click()
    page.locator("#more").get_by_role("button", name="Chat").click()
    box = page.get_by_label("Message to everybody here")
    is_whole(box, page.get_by_role("button", name="Send"))
    box.fill("Can you hear me?")
    box.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Can you hear me?")
    is_whole(box, page.get_by_role("button", name="Send"))
    box.press("Escape")
    entry_of_menu(page, "Devices and settings", "More").click()
    settings = page.get_by_role("dialog", name="Devices and settings")
    expect(settings.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    for name in ("Camera", "Microphone", "Your own picture"):
        choice = settings.get_by_label(name, exact=True)
        choice.scroll_into_view_if_needed()
        expect(choice).to_be_in_viewport(ratio=1)
    assert settings.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    page.keyboard.press("Escape")
    is_whole(tile(page, "Olga Owner"))


def test_nothing_lies_under_the_corners_and_the_camera_of_a_phone(house: House, somebody: Somebody) -> None:
    insets = {"top": 50, "left": 60, "right": 60, "bottom": 40}
    owner = somebody(house.sign_in(house.owner), viewport={"width": 740, "height": 600}, has_touch=True, is_mobile=True)
    page = owner.opens(door(house))
    owner.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})

    def is_free(one: Locator) -> None:
        expect(one).to_be_visible()
        until(page, lambda: within(one.bounding_box()), f"{one} is between the insets")

    def within(box: Any) -> bool:
        left, top = box["x"] >= insets["left"], box["y"] >= insets["top"]
        right, bottom = box["x"] + box["width"] <= 740 - 60, box["y"] + box["height"] <= 600 - 40
        return bool(left and top and right and bottom)

    is_free(page.locator("door-preview"))
    is_free(page.get_by_role("button", name="Join now"))
    page.get_by_role("button", name="Join now").click()
    expect(bar(page)).to_be_visible()
    is_free(page.get_by_role("heading", level=1))
    is_free(tile(page, "Olga Owner"))
    is_free(button(page, "Leave"))
    house.guest("Nora Dahl")
    is_free(page.get_by_role("region", name="At your door", exact=True))


def test_on_a_phone_what_is_kept_off_is_said_above_the_faces(house: House, owner: Person, somebody: Somebody) -> None:
    page = join(owner, house)
    phone = let_in(owner, somebody(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True), house)
    button(page, "Moderate").click()
    page.get_by_role("group", name="Microphones").get_by_role("button", name="Keep off").click()
    told = phone.locator("notice-board .off")
    expect(told).to_contain_text("keeps microphones off")

    def stands_above() -> bool:
        line, face = told.bounding_box(), tile(phone, "Olga Owner").bounding_box()
        return line is not None and face is not None and line["y"] + line["height"] <= face["y"]

    until(phone, stands_above, "the line is above the first face")
    expect(tile(phone, "Olga Owner")).to_be_in_viewport(ratio=0.99)


def test_axe_finds_nothing_wrong_with_screens_pages_and_menus(
    build_house: Callable[..., House], somebody: Somebody
) -> None:
    house = build_house(plan=Plan.PREMIUM, seats=30)
    owner = somebody(house.sign_in(house.owner), viewport={"width": 900, "height": 500})
    page = join(owner, house)
    with a_crowd(entries(owner, house, 14), sharing=(1,)):
        expect(page.locator("meeting-tile.main video.seen")).to_have_count(1, timeout=20_000)
        expect(page.get_by_role("navigation", name="Pages of people")).to_be_visible()
        assert axe(page) == []
        button(page, "Settings").click()
        assert axe(page) == []
        say = in_french(page)
        expect(page.get_by_role("navigation", name=say("Pages of people"))).to_be_visible()
        assert axe(page) == []
