"""Before joining: devices chosen, silent, refused or missing, browsers that cannot, and a server that is new."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.house import House
from tests.browser.people import CHROMIUM, Person, axe, in_french, until
from tests.browser.server import Vestibule
from tests.browser.test_visit import ask, decide, door, heading, knock_of, line, stage_of

Somebody = Callable[..., Person]

LOOPBACK = "--allow-loopback-in-peer-connection"


def unfold(page: Page) -> Locator:
    """Opens the menus and returns them."""
    page.get_by_role("button", name="Devices").click()
    return page.locator("device-menus")


def advice(page: Page, text: str) -> Locator:
    return page.locator("door-preview .advice", has_text=text)


@pytest.fixture
def browser_with(chromium: Browser) -> Iterator[Callable[..., Browser]]:
    """Another Chromium, with devices of its own."""
    opened: list[Browser] = []

    def launch(*flags: str) -> Browser:
        browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[LOOPBACK, *flags])
        opened.append(browser)
        return browser

    yield launch
    for browser in opened:
        browser.close()


# -- choosing --


def test_a_device_is_chosen_used_at_once_and_remembered(
    browser_with: Callable[..., Browser], vestibule: Vestibule, house: House
) -> None:
    two_cameras = "--use-fake-device-for-media-stream=device-count=2"
    visitor = Person(browser_with("--use-fake-ui-for-media-stream", two_cameras), vestibule.url)
    page = visitor.opens(door(house))
    expect(page.locator("door-preview video")).to_be_visible()
    menus = unfold(page)
    expect(menus.locator("select")).to_have_count(3)
    camera, microphone = menus.get_by_label("Camera"), menus.get_by_label("Microphone", exact=True)
    before = camera.input_value()
    camera.select_option(index=1)
    microphone.select_option(label="Fake Audio Input 2")
    chosen = [camera.input_value(), microphone.input_value()]
    assert chosen[0] != before
    in_use = "(video) => video.srcObject.getTracks()[0].getSettings().deviceId"
    preview = page.locator("door-preview video")
    until(page, lambda: preview.evaluate(in_use) == chosen[0], "the other camera is seen")

    page.reload()
    until(page, lambda: preview.count() == 1 and preview.evaluate(in_use) == chosen[0], "the same camera as before")
    unfold(page)
    assert [camera.input_value(), microphone.input_value()] == chosen
    assert visitor.unexpected() == []


def test_the_speaker_is_tried(house: House, somebody: Somebody) -> None:
    page = somebody().opens(door(house))
    expect(page.locator("door-preview video")).to_be_visible()
    menus = unfold(page)
    menus.get_by_label("Speaker", exact=True).select_option(label="Fake Audio Output 1")
    menus.get_by_role("button", name="Test my speaker").click()
    expect(menus.get_by_role("status")).to_contain_text("You heard two notes?")


def test_what_was_off_stays_off_the_next_time(house: House, somebody: Somebody) -> None:
    page = somebody().opens(door(house))
    page.get_by_role("button", name="Turn the camera off").click()
    page.reload()
    expect(page.get_by_role("button", name="Turn the camera on")).to_be_visible()
    expect(page.get_by_text("Your camera is off")).to_be_visible()


# -- hearing oneself --


def test_the_level_follows_the_microphone(house: House, somebody: Somebody) -> None:
    page = somebody().opens(door(house))
    meter = page.get_by_role("meter", name="Microphone level")
    # Chromium's own microphone beeps once a second.
    until(page, lambda: int(meter.get_attribute("aria-valuenow") or 0) > 0, "a beep is seen")
    page.wait_for_timeout(6_000)
    expect(advice(page, "We hear nothing")).to_have_count(0)
    page.get_by_role("button", name="Turn the microphone off").click()
    expect(meter).to_have_count(0)


def test_a_silent_microphone_is_told(
    browser_with: Callable[..., Browser], vestibule: Vestibule, house: House, tmp_path: Path
) -> None:
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 48_000 * 2))
    fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    silent = browser_with(*fake, f"--use-file-for-fake-audio-capture={silence}")
    page = Person(silent, vestibule.url).opens(door(house))
    expect(advice(page, "We hear nothing from your microphone.")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Turn the microphone off").click()
    expect(advice(page, "We hear nothing from your microphone.")).to_have_count(0)


# -- what cannot be had --

FAILS = """
const devices = navigator.mediaDevices;  // none on the empty page that a tab begins with
const real = devices?.getUserMedia.bind(devices);
if (devices) {
  devices.getUserMedia = async (asked) => {
    window.asked = (window.asked ?? 0) + 1;
    if (window.willing) return real(asked);
    throw new DOMException(%s, %s);
  };
}
"""


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("NotAllowedError", "Permission denied", "Your browser does not allow camera and microphone here."),
        ("NotAllowedError", "Permission denied by system", "Your system does not allow your browser"),
        ("NotAllowedError", "Permission dismissed", "question about camera and microphone was closed"),
        ("NotReadableError", "Device in use", "Another program is using your camera."),
        ("NotFoundError", "Requested device not found", "No camera and no microphone were found."),
        ("TypeError", "", "Your camera did not start."),
    ],
)
def test_each_refusal_has_its_own_words_and_another_try(
    house: House, somebody: Somebody, name: str, message: str, words: str
) -> None:
    visitor = somebody()
    visitor.context.add_init_script(FAILS % (json.dumps(message), json.dumps(name)))
    if message.startswith("Permission"):
        visitor.context.clear_permissions()
    page = visitor.opens(door(house))
    expect(advice(page, words)).to_be_visible()
    expect(page.get_by_role("button", name="Ask to join")).to_be_enabled()
    page.evaluate("window.willing = true")
    visitor.context.grant_permissions(["camera", "microphone"])
    again = page.get_by_role("button", name="Try again")
    if again.count():  # where the permission was what was missing, granting it was enough
        again.click()
    expect(page.locator("door-preview video")).to_be_visible()
    expect(again).to_have_count(0)
    expect(page.locator("door-preview .advice")).to_have_text("")


def test_whoever_closed_the_browsers_question_is_not_asked_again_on_the_way_in(
    house: House, somebody: Somebody, owner: Person
) -> None:
    visitor = somebody(permissions=[])
    visitor.context.add_init_script(FAILS % ("'Permission dismissed'", "'NotAllowedError'"))
    page = visitor.opens(door(house))
    expect(advice(page, "question about camera and microphone was closed")).to_be_visible()
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(stage_of(page)).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("window.asked") == 1


def test_without_any_device_somebody_joins_and_is_in(
    browser_with: Callable[..., Browser], vestibule: Vestibule, house: House, owner: Person
) -> None:
    none = browser_with("--use-fake-ui-for-media-stream")
    visitor = Person(none, vestibule.url)
    page = visitor.opens(door(house))
    expect(advice(page, "No camera and no microphone were found. You can join and listen.")).to_be_visible()
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(stage_of(page)).to_be_visible()
    assert visitor.unexpected() == []


def test_an_address_without_https_is_told_apart(
    browser_with: Callable[..., Browser], vestibule: Vestibule, house: House
) -> None:
    plain = browser_with("--host-resolver-rules=MAP meet.test 127.0.0.1")
    page = Person(plain, f"http://meet.test:{vestibule.port}", permissions=[]).opens(door(house))
    expect(advice(page, "an address without https. You can join and listen.")).to_be_visible()


def test_a_browser_without_devices_for_pages_offers_the_link_for_another(house: House, somebody: Somebody) -> None:
    visitor = somebody(permissions=["clipboard-read", "clipboard-write"])
    visitor.context.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page = visitor.opens(door(house))
    expect(advice(page, "This browser has no camera and no microphone for web pages.")).to_be_visible()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(door(house))
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 330.0"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words", "opens"),
    [
        (IPHONE, "The browser in Instagram can’t hold a video call.", False),
        (ANDROID, "This app’s own browser can’t hold a video call.", True),
    ],
)
def test_a_messengers_browser_that_cannot_call_says_where_to_go(
    house: House, somebody: Somebody, user_agent: str, words: str, opens: bool
) -> None:
    visitor = somebody(user_agent=user_agent, permissions=["clipboard-read", "clipboard-write"])
    visitor.context.add_init_script("delete window.RTCPeerConnection")
    page = visitor.opens(door(house))
    expect(heading(page)).to_have_text(words)
    expect(page.get_by_text("Open the link in your browser")).to_be_visible()
    expect(page.get_by_role("link", name="Open in your browser")).to_have_count(int(opens))
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(door(house))
    assert axe(page) == []
    say = in_french(page)
    expect(page.get_by_role("button", name=say("Copy the link"))).to_be_visible()
    assert axe(page) == []
    assert knock_of(visitor, house) is None


# -- waiting --

WAKE_LOCK = """
window.locks = [];
Object.defineProperty(navigator, "wakeLock", {value: {request: async () => {
  const lock = new EventTarget();
  lock.release = async () => { lock.released = true; };
  window.locks.push(lock);
  return lock;
}}});
"""


def test_the_screen_stays_awake_while_somebody_waits(house: House, somebody: Somebody) -> None:
    visitor = somebody()
    visitor.context.add_init_script(WAKE_LOCK)
    page = visitor.opens(door(house))
    expect(page.get_by_label("Your name")).to_be_visible()
    assert page.evaluate("window.locks.length") == 0
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    assert page.evaluate("window.locks.map((lock) => lock.released === true)") == [False]
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Your name")).to_be_visible()
    assert page.evaluate("window.locks.map((lock) => lock.released === true)") == [True]


def test_the_screen_stays_awake_in_the_meeting(house: House, owner: Person) -> None:
    owner.context.add_init_script(WAKE_LOCK)
    page = owner.opens(door(house))
    page.get_by_role("button", name="Join now").click()
    expect(stage_of(page)).to_be_visible()
    assert page.evaluate("window.locks.map((lock) => lock.released === true)") == [False]
    page.get_by_role("button", name="Leave").click()
    expect(heading(page)).to_have_text("You left the meeting.")
    assert page.evaluate("window.locks.map((lock) => lock.released === true)") == [True]


def test_whoever_is_let_in_and_gets_no_media_is_told_what_to_try(
    house: House, somebody: Somebody, owner: Person
) -> None:
    visitor = somebody()
    visitor.expects("WebSocket|rtc")
    page = visitor.opens(door(house))
    # A network that takes the connection and lets nothing through.
    page.route_web_socket("**/rtc*/**", lambda _socket: None)
    page.route_web_socket("**/rtc*", lambda _socket: None)
    ask(page)
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(line(page, "Olga Owner let you in, but neither sound nor picture comes through.")).to_be_visible(
        timeout=30_000
    )
    expect(line(page, "Try another network, such as your phone’s, or another browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    assert axe(page) == []


def spoiled(route: Route) -> None:
    """An entry whose signature does not fit."""
    answer = route.fetch()
    told = answer.json()
    told["entry"]["token"] = told["entry"]["token"][:-6] + "spoilt"
    route.fulfill(response=answer, json=told)


def test_an_entry_that_is_not_accepted_is_no_fault_of_the_network(house: House, owner: Person) -> None:
    owner.expects("WebSocket|rtc")
    page = owner.opens(door(house))
    page.route("**/api/v1/links/*/entry", spoiled)
    page.get_by_role("button", name="Join now").click()
    expect(line(page, "The video service did not accept your entry.")).to_be_visible(timeout=30_000)
    page.unroute_all()
    expect(stage_of(page)).to_be_visible(timeout=30_000)


# -- across a deploy --


def test_a_page_of_the_build_before_reloads_once_and_keeps_what_was_asked(
    house: House, somebody: Somebody, owner: Person
) -> None:
    visitor = somebody()
    visitor.expects("Failed to load resource|404")
    pages: list[str] = []

    def gone(route: Route) -> None:
        route.fulfill(status=404, body="")

    def rebuilt(route: Route) -> None:
        answer = route.fetch()
        manifest = answer.json()
        manifest["web/visit/visit.ts"]["file"] = "assets/visit-OTHER.js"
        route.fulfill(response=answer, json=manifest)

    def again(route: Route) -> None:
        pages.append(route.request.url)
        if len(pages) == 2:  # the new page finds its parts
            visitor.context.unroute("**/assets/inside-*.js")
        route.continue_()

    visitor.context.route("**/assets/inside-*.js", gone)
    visitor.context.route("**/static/build/manifest.json", rebuilt)
    visitor.context.route(f"**{door(house)}", again)
    page = visitor.opens(door(house))
    page.get_by_role("button", name="Turn the camera off").click()
    # Whoever types is not disturbed.
    page.get_by_label("Your name").fill("Nora Dahl")
    page.wait_for_timeout(1_000)
    assert len(pages) == 1
    page.get_by_role("button", name="Ask to join").click()
    until(page, lambda: len(pages) == 2, "the page reloads")
    expect(line(page, "Olga Owner has no page open")).to_be_visible()
    assert knock_of(visitor, house)["name"] == "Nora Dahl"
    decide(owner, knock_of(visitor, house)["id"], "admit")
    expect(stage_of(page)).to_be_visible()
    expect(page.get_by_role("button", name="Turn the camera on")).to_be_visible()
    assert len(pages) == 2


def test_a_colleague_of_the_build_before_is_in_after_the_reload(house: House, somebody: Somebody) -> None:
    colleague = somebody(house.sign_in(house.colleague))
    colleague.expects("Failed to load resource|404")
    asked: list[str] = []

    def rebuilt(route: Route) -> None:
        answer = route.fetch()
        manifest = answer.json()
        manifest["web/visit/visit.ts"]["file"] = "assets/visit-OTHER.js"
        # The next page finds its parts.
        colleague.context.unroute("**/assets/inside-*.js")
        asked.append(route.request.url)
        route.fulfill(response=answer, json=manifest)

    colleague.context.route("**/assets/inside-*.js", lambda route: route.fulfill(status=404, body=""))
    colleague.context.route("**/static/build/manifest.json", rebuilt)
    page = colleague.opens(door(house))
    page.get_by_role("button", name="Join now").click()
    expect(stage_of(page)).to_be_visible()
    assert len(asked) == 1


# -- everybody --


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_nothing_at_the_door_stands_in_anybodys_way(house: House, somebody: Somebody, locale: str) -> None:
    visitor = somebody(locale=locale, viewport={"width": 360, "height": 640})
    page = visitor.opens(door(house))
    expect(page.locator("door-preview video")).to_be_visible()
    assert axe(page) == []
    page.locator("[data-menus]").click()
    expect(page.locator("device-menus select")).to_have_count(3)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 × 800 at 200 %
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_menus_are_reached_by_keyboard(house: House, somebody: Somebody) -> None:
    page = somebody().opens(door(house))
    expect(page.locator("door-preview video")).to_be_visible()
    button = page.get_by_role("button", name="Devices")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator("device-menus select")).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Camera", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Microphone", exact=True)).not_to_have_value("default")
