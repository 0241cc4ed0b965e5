"""A blurred background: loaded when chosen, seen by the others as it is chosen, and never left out silently."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.house import House
from tests.browser.people import CHROMIUM, FLAGS, Person, axe, in_french, until
from tests.browser.server import Vestibule
from tests.browser.test_meeting import bar, door, join, let_in, tile
from tests.browser.test_prejoin import advice, unfold
from tests.browser.test_stage import entry_of_menu

Somebody = Callable[..., Person]

WIDTH, HEIGHT, STRIPE = 640, 360, 8
# Somebody drawn: trunk, neck, face, hair, face below it, eyes, pupils, mouth, nose. Middle, half axes, colour.
SOMEBODY = [
    (320, 360, 150, 140, (40, 70, 120)),
    (320, 235, 28, 45, (215, 165, 135)),
    (320, 150, 62, 85, (225, 178, 150)),
    (320, 105, 68, 55, (60, 40, 30)),
    (320, 165, 52, 62, (225, 178, 150)),
    (297, 150, 10, 6, (255, 255, 255)),
    (343, 150, 10, 6, (255, 255, 255)),
    (297, 150, 5, 5, (30, 30, 30)),
    (343, 150, 5, 5, (30, 30, 30)),
    (320, 200, 18, 5, (170, 80, 80)),
    (320, 175, 6, 12, (205, 150, 125)),
]

# How much darkest and lightest differ, of what is drawn of a video: in the stripes behind, and between eye and cheek.
CONTRASTS = """
(video) => {
  const canvas = new OffscreenCanvas(640, 360);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 640, 360);
  const contrast = (...area) => {
    const shades = context.getImageData(...area).data.filter((_, at) => at % 4 === 1);
    return Math.max(...shades) - Math.min(...shades);
  };
  return [contrast(24, 40, 80, 1), contrast(285, 150, 40, 1)];
}
"""


def in_front_of_stripes(path: Path) -> Path:
    """What a camera sees: somebody in front of stripes, as a film of two pictures."""

    def colour(x: int, y: int) -> tuple[int, int, int]:
        for left, top, wide, high, of in reversed(SOMEBODY):
            if math.hypot((x - left) / wide, (y - top) / high) <= 1:
                return of
        return (230, 230, 230) if x // STRIPE % 2 else (25, 25, 25)

    seen = [colour(x, y) for y in range(HEIGHT) for x in range(WIDTH)]
    fourth = [seen[y * WIDTH + x] for y in range(0, HEIGHT, 2) for x in range(0, WIDTH, 2)]
    light = bytes(round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in seen)
    blue = bytes(round(128 - 0.169 * r - 0.331 * g + 0.499 * b) for r, g, b in fourth)
    red = bytes(round(128 + 0.499 * r - 0.418 * g - 0.081 * b) for r, g, b in fourth)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Ip A1:1 C420\n".encode()
    path.write_bytes(head + (b"FRAME\n" + light + blue + red) * 2)
    return path


@pytest.fixture(scope="module")
def filmed(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = in_front_of_stripes(tmp_path_factory.mktemp("film") / "somebody.y4m")
    camera = f"--use-file-for-fake-video-capture={film}"
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, camera])
    yield browser
    browser.close()


@pytest.fixture
def owner(filmed: Browser, vestibule: Vestibule, house: House) -> Iterator[Person]:
    person = Person(filmed, vestibule.url, house.sign_in(house.owner))
    person.expects("INFO: Created TensorFlow Lite")  # how the model says that all is well
    yield person
    complaints = person.unexpected()
    person.context.close()
    assert not complaints, complaints


def contrasts(video: Locator) -> tuple[int, int]:
    behind, face = video.evaluate(CONTRASTS)
    return behind, face


def is_blurred(page: Page, video: Locator) -> None:
    """Wait until the stripes are gone and the face is not."""

    def seen() -> bool:
        if video.count() == 0:
            return False
        behind, face = contrasts(video)
        return behind < 100 < face

    until(page, seen, "the background is blurred, the face is not", seconds=30)


def is_plain(page: Page, video: Locator) -> None:
    until(page, lambda: video.count() > 0 and min(contrasts(video)) > 150, "all is sharp", seconds=30)


def loaded(person: Person) -> list[str]:
    """The parts of the blur that the browser asked for."""
    parts = ("blurred", "vision_wasm", ".tflite")
    return [request.url for request in person.requests if any(part in request.url for part in parts)]


def switch(within: Page | Locator) -> Locator:
    return within.get_by_label("Blur my background")


def test_unless_it_is_chosen_nothing_of_it_is_loaded(house: House, owner: Person) -> None:
    page = join(owner, house)
    own = tile(page, "You").locator("video")
    is_plain(page, own)
    assert loaded(owner) == []


def test_chosen_at_the_door_it_is_seen_there_and_remembered(house: House, owner: Person) -> None:
    page = owner.opens(door(house))
    preview = page.locator("door-preview video")
    is_plain(page, preview)
    switch(unfold(page)).check()
    is_blurred(page, preview)
    assert loaded(owner) != []
    assert axe(page) == []

    page.reload()
    is_blurred(page, preview)
    menus = unfold(page)
    expect(switch(menus)).to_be_checked()
    switch(menus).uncheck()
    is_plain(page, preview)

    in_french(page)
    page.locator("[data-menus]").click()
    expect(page.locator("device-menus input[type=checkbox]")).to_be_visible()
    assert axe(page) == []


def test_it_works_where_the_browser_hands_over_no_single_pictures(house: House, owner: Person) -> None:
    owner.context.add_init_script("delete window.MediaStreamTrackProcessor; delete window.MediaStreamTrackGenerator")
    page = owner.opens(door(house))
    preview = page.locator("door-preview video")
    is_plain(page, preview)
    switch(unfold(page)).check()
    is_blurred(page, preview)


def test_the_others_see_it_through_off_and_on_and_can_be_changed_in_the_meeting(
    house: House, owner: Person, somebody: Somebody
) -> None:
    page = owner.opens(door(house))
    switch(unfold(page)).check()
    is_blurred(page, page.locator("door-preview video"))
    page.get_by_role("button", name="Join now").click()
    expect(bar(page)).to_be_visible()
    theirs = let_in(owner, somebody(), house)
    seen = tile(theirs, "Olga Owner").locator("video")
    is_blurred(theirs, seen)

    bar(page).get_by_role("button", name="Turn the camera off").click()
    expect(seen).to_have_count(0)
    bar(page).get_by_role("button", name="Turn the camera on").click()
    is_blurred(theirs, seen)

    entry_of_menu(page, "Devices and settings").click()
    switch(page).uncheck()
    is_plain(theirs, seen)
    switch(page).check()
    is_blurred(theirs, seen)


def test_where_it_fails_the_camera_stays_off_and_the_page_says_so(house: House, owner: Person) -> None:
    owner.expects("Failed to load|tflite|model|ERR_FAILED")
    page = owner.opens(door(house))
    owner.context.route("**/*.tflite", lambda route: route.abort())
    preview = page.locator("door-preview video")
    is_plain(page, preview)
    switch(unfold(page)).check()
    expect(advice(page, "Your background could not be blurred, so your camera stays off.")).to_be_visible()
    expect(preview).to_have_count(0)

    page.get_by_role("button", name="Join now").click()
    expect(page.get_by_role("alert").filter(has_text="so your camera stays off")).to_be_visible()
    expect(bar(page).get_by_role("button", name="Turn the camera on")).to_be_visible()
    page.get_by_role("button", name="Show me without blur").click()
    is_plain(page, tile(page, "You").locator("video"))


def test_after_it_failed_another_try_can_do_it(house: House, owner: Person) -> None:
    owner.expects("Failed to load|tflite|model|ERR_FAILED")
    owner.context.route("**/*.tflite", lambda route: route.abort(), times=1)
    page = owner.opens(door(house))
    preview = page.locator("door-preview video")
    is_plain(page, preview)
    switch(unfold(page)).check()
    page.get_by_role("button", name="Try again").click()
    is_blurred(page, preview)


def test_a_browser_that_cannot_says_so(house: House, owner: Person) -> None:
    owner.context.add_init_script("delete window.WebAssembly")
    page = owner.opens(door(house))
    menus = unfold(page)
    expect(switch(menus)).to_be_disabled()
    expect(menus.get_by_text("This browser can’t blur the background.")).to_be_visible()
