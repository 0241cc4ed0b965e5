"""The platform's pages in a real browser: what presses do, that nothing is blocked, that everybody can use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from admission.directory import Role
from tests.browser.house import House
from tests.browser.people import Person, axe, in_french
from tests.browser.server import PASSWORD, Vestibule

Somebody = Callable[..., Person]

FOR_THE_OWNER = ["/", "/preferences", "/people", "/people/{owner}", "/people/{colleague}", "/nowhere"]
FOR_ANYBODY = ["/", "/sign-in", "/m/{slug}", "/m/bcdfg-hjkn-prstv", "/problems/meeting-full"]
EVERY_PAGE = [(path, True) for path in FOR_THE_OWNER] + [(path, False) for path in FOR_ANYBODY]


def address(house: House, path: str) -> str:
    return path.format(owner=house.owner.account.id, colleague=house.colleague.account.id, slug=house.slug)


@pytest.fixture(scope="module")
def furnished(vestibule: Vestibule) -> House:
    """A workspace for tests that only look."""
    return House(vestibule, 1_000_000)


@pytest.fixture
def preferences(owner: Person) -> Page:
    """The owner's preferences, in a browser that lets a page use the clipboard."""
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = owner.opens("/preferences")
    page.locator("door-bell section").wait_for(state="attached")
    return page


def drawn(page: Page) -> None:
    """Return when the page's own elements have drawn themselves."""
    for element in ("door-bell section", "visit-page h1"):
        if page.locator(element.split()[0]).count():
            page.locator(element).first.wait_for(state="attached")


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


# ── Every page ──


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
@pytest.mark.parametrize(("path", "signed_in"), EVERY_PAGE)
def test_every_page_can_be_used_by_everybody(
    furnished: House, somebody: Somebody, path: str, signed_in: bool, language: str
) -> None:
    session = furnished.sign_in(furnished.owner) if signed_in else None
    page = somebody(session, locale=language, reduced_motion="reduce").opens(address(furnished, path))
    expect(page.locator("html")).to_have_attribute("lang", language[:2])
    drawn(page)
    assert axe(page) == []


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
@pytest.mark.parametrize(("path", "signed_in"), EVERY_PAGE)
def test_no_page_is_wider_than_its_window(
    furnished: House, somebody: Somebody, path: str, signed_in: bool, language: str
) -> None:
    session = furnished.sign_in(furnished.owner) if signed_in else None
    page = somebody(session, locale=language).opens(address(furnished, path))
    expect(page.locator("html")).to_have_attribute("lang", language[:2])
    for width in (360, 768, 1920):
        page.set_viewport_size({"width": width, "height": 740})
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_the_keyboard_skips_to_the_content_and_sees_where_it_is(owner: Person) -> None:
    page = owner.opens("/people")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.locator("main a").first
    expect(first).to_be_focused()
    assert first.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_nothing_moves_for_who_wants_no_motion(house: House, somebody: Somebody) -> None:
    page = somebody(house.sign_in(house.owner), reduced_motion="reduce").opens("/preferences")
    page.get_by_role("button", name="QR code").click()
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("path", ["/preferences", "/m/{slug}"])
def test_the_language_is_switched_on_the_page_itself_and_kept(house: House, owner: Person, path: str) -> None:
    page = owner.opens(address(house, path))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".foot").get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(owner.opens("/people").get_by_role("heading", name="Personnes")).to_be_visible()


def test_a_page_without_scripts_says_what_needs_them(house: House, somebody: Somebody) -> None:
    stranger = somebody(java_script_enabled=False)
    expect(stranger.opens(f"/m/{house.slug}").get_by_role("heading", name="Meeting with Olga Owner")).to_be_visible()
    expect(stranger.opens("/").locator("noscript p")).to_be_visible()
    page = somebody(house.sign_in(house.owner), java_script_enabled=False).opens("/preferences")
    expect(page.get_by_text(f"/m/{house.slug}").first).to_be_visible()


# ── Signing in ──


def test_who_signs_in_comes_back_to_the_page_they_wanted(house: House, somebody: Somebody) -> None:
    page = somebody().opens("/people")
    page.get_by_label("E-mail").fill(house.owner.account.email)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("E-mail address or password is not right.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.get_by_role("button", name="Profile, preferences, sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


# ── The public videoconference link ──


def test_the_link_is_copied_and_the_button_says_so(house: House, preferences: Page) -> None:
    copy = preferences.get_by_role("button", name="Copy", exact=True)
    copy.click()
    expect(preferences.get_by_role("button", name="Copied")).to_be_visible()
    assert copied(preferences) == f"{house.server.url}/m/{house.slug}"
    expect(copy).to_be_visible(timeout=4_000)


def test_one_press_selects_the_whole_address(house: House, preferences: Page) -> None:
    preferences.locator("#link").click()
    assert preferences.evaluate("getSelection().toString()") == f"{house.server.url}/m/{house.slug}"


def test_the_text_for_an_invitation_is_copied_line_by_line(house: House, preferences: Page) -> None:
    preferences.get_by_text("Text to paste into an invitation").click()
    preferences.get_by_role("button", name="Copy the text").click()
    expect(preferences.get_by_role("button", name="Copied")).to_be_visible()
    lines = copied(preferences).splitlines()
    assert lines[0] == "Olga Owner invites you to a videoconference."
    assert f"{house.server.url}/m/{house.slug}" in lines


def test_start_videoconference_leads_to_the_owners_own_door(house: House, preferences: Page) -> None:
    preferences.get_by_role("link", name="Start videoconference").click()
    expect(preferences).to_have_url(f"{house.server.url}/m/{house.slug}")
    expect(preferences.get_by_role("button", name="Join now")).to_be_visible()


def test_the_qr_code_is_shown_under_the_strict_policy_and_leads_to_the_link(house: House, preferences: Page) -> None:
    preferences.get_by_role("button", name="QR code").click()
    code = preferences.locator("svg.qr")
    expect(code).to_be_visible()
    assert axe(preferences) == []
    read = preferences.evaluate(SEEN_BY_A_CAMERA)
    if read is not None:  # Chromium has a reader of codes on some systems only
        assert read == f"{house.server.url}/m/{house.slug}"
    preferences.keyboard.press("Escape")
    expect(code).to_be_hidden()
    expect(preferences.get_by_role("button", name="QR code")).to_be_focused()
    in_french(preferences)
    for dialog in ("qr", "new-link"):
        preferences.locator(f"[data-dialog='#{dialog}']").click()
        expect(preferences.get_by_role("dialog")).to_be_visible()
        assert axe(preferences) == []
        preferences.keyboard.press("Escape")


SEEN_BY_A_CAMERA = """
async () => {
  if (!("BarcodeDetector" in window) || !(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
  const [code] = await new BarcodeDetector().detect(document.querySelector("svg.qr"));
  return code?.rawValue;
}
"""


def test_the_calendar_entry_is_downloaded_with_the_link(house: House, preferences: Page) -> None:
    with preferences.expect_download() as download:
        preferences.get_by_role("link", name="Add to calendar").click()
    assert download.value.suggested_filename == "meeting-with-olga-owner.ics"
    (event,) = Calendar.from_ical(download.value.path().read_bytes()).events
    assert event["LOCATION"] == f"{house.server.url}/m/{house.slug}"


def test_a_new_link_is_explained_first_and_then_takes_the_old_ones_place(
    house: House, preferences: Page, somebody: Somebody
) -> None:
    before = house.slug
    preferences.get_by_role("button", name="New link").click()
    dialog = preferences.get_by_role("dialog", name="Replace your link by a new one?")
    expect(dialog.get_by_text("The old address stops working at once")).to_be_visible()
    assert axe(preferences) == []
    expect(dialog.get_by_role("button", name="Keep this link")).to_be_focused()
    dialog.get_by_role("button", name="Keep this link").click()
    expect(preferences.locator("#link")).to_have_text(re.compile(f"/m/{before}$"))
    preferences.get_by_role("button", name="New link").click()
    dialog.get_by_role("button", name="Make a new link").click()
    expect(preferences.locator("#link")).not_to_have_text(re.compile(f"/m/{before}$"))
    expect(dialog).to_be_hidden()
    stranger = somebody()
    expect(stranger.opens(f"/m/{before}").get_by_role("heading", name="No meeting here")).to_be_visible()
    new = preferences.locator("#link").inner_text()
    expect(stranger.opens(new).get_by_role("heading", name="Meeting with Olga Owner")).to_be_visible()


def test_the_link_is_closed_and_opened_with_a_press(house: House, preferences: Page, somebody: Somebody) -> None:
    preferences.get_by_role("button", name="Close link").click()
    expect(preferences.get_by_text("The link is closed")).to_be_visible()
    guest = somebody().opens(f"/m/{house.slug}")
    expect(guest.get_by_role("heading", name="This meeting is not taking new visitors now.")).to_be_visible()
    preferences.get_by_role("button", name="Open link").click()
    expect(preferences.get_by_text("The link is open")).to_be_visible()


def test_a_guest_user_finds_no_link_and_reads_why(house: House, somebody: Somebody) -> None:
    gina = somebody(house.sign_in(house.add("gina", "Gina Guest", Role.GUEST)))
    page = gina.opens("/preferences")
    expect(page.get_by_text(re.compile("you have no link of your own"))).to_be_visible()
    for path in ("/", "/preferences", "/people", f"/people/{house.owner.account.id}"):
        page.goto(path)
        assert page.locator("a[href*='/m/'], [data-copy]").count() == 0


# ── Home ──


def test_who_was_missed_is_listed_until_dismissed(house: House, owner: Person) -> None:
    for name in ("Ada Early", "Ben Gone"):
        house.guest(name, f"It is {name}.").withdraw()
    page = owner.opens("/")
    expect(page.get_by_text("“It is Ada Early.”")).to_be_visible()
    expect(page.locator("time").first).to_have_text(re.compile(r"^\d\d:\d\d$"))
    page.get_by_role("button", name="Dismiss Ada Early").click()
    expect(page.get_by_text("Ada Early")).to_have_count(0)
    expect(page.get_by_text("Ben Gone", exact=True)).to_be_visible()
    page.get_by_role("button", name="Dismiss Ben Gone").click()
    expect(page.get_by_text("Nobody was missed.")).to_be_visible()


# ── What a workspace looks like ──


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_workspaces_own_accent_is_legible_on_its_pages_and_its_guests(
    build_house: Callable[..., Any], somebody: Somebody, theme: str
) -> None:
    house: House = build_house(accent="#ffee00")
    for session, path in ((house.sign_in(house.owner), "/preferences"), (None, f"/m/{house.slug}")):
        page = somebody(session, color_scheme=theme, reduced_motion="reduce").opens(path)
        drawn(page)
        accent = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
        assert (accent == "#ffee00") == (theme == "dark")
        assert axe(page) == []
