"""Looking back at a meeting: the list, the picture by keyboard, the table beside it, the download, and deleting it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from admission.directory import Role
from tests.browser.held import hold
from tests.browser.house import House
from tests.browser.people import Person, axe, in_french
from tests.browser.server import Vestibule, now

Somebody = Callable[..., Person]


# What is wider than the room that its card has for it.
TOO_WIDE = """
() => [...document.querySelectorAll("main .card > :not(.people), main details table")].filter((one) => {
  const style = getComputedStyle(one.parentElement);
  const room = one.parentElement.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return Math.max(one.offsetWidth, one.scrollWidth) > room + 1;
}).map((one) => one.outerHTML.slice(0, 80))
"""


def a_meeting(house: House, minutes: float = 42) -> str:
    """Olga's meeting with her colleague and a visitor, yesterday. Returns its id."""
    owner, colleague = house.owner.account.email, house.colleague.account.email
    began = now() - timedelta(days=1)
    return house.server.run(lambda repository: hold(repository, owner, [colleague], ["=Nora+1"], began, minutes))


@pytest.fixture(scope="module")
def looked_at(vestibule: Vestibule) -> tuple[House, str]:
    """A house with a meeting that is over, for tests that only look."""
    house = House(vestibule, 2_000_000)
    house.add("ada", "Ada Admin", Role.ADMIN)
    return house, a_meeting(house)


@pytest.fixture
def kept(house: House, somebody: Somebody) -> Page:
    """The owner's list of meetings, with one in it."""
    a_meeting(house)
    return somebody(house.sign_in(house.owner), accept_downloads=True).opens("/meetings")


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
@pytest.mark.parametrize("who", ["olga", "colin", "ada"])
def test_everybody_can_use_these_pages_in_every_width(
    looked_at: tuple[House, str],
    somebody: Somebody,
    who: str,
    language: str,
) -> None:
    house, meeting = looked_at
    session = house.server.session(f"{who}@2000000.example")
    person = somebody(session, locale=language, reduced_motion="reduce")
    for path in ("/meetings", *([f"/meetings/{meeting}"] if who != "ada" else [])):
        page = person.opens(path)
        expect(page.locator("html")).to_have_attribute("lang", language[:2])
        page.locator("door-bell section").wait_for(state="attached")
        for summary in page.locator("details:not([open]) summary").all():
            summary.click()
        assert axe(page) == []
        for width in (360, 768, 1920):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            assert page.evaluate(TOO_WIDE) == [], width
        assert axe(page) == [], "wide, after the phone"


def test_a_member_finds_the_meeting_and_reads_who_gave_what(kept: Page) -> None:
    kept.get_by_role("link", name=re.compile("Meeting with Olga Owner")).click()
    table = kept.get_by_role("table").first
    expect(table.get_by_role("row")).to_have_count(4)
    row = table.get_by_role("row", name=re.compile("Olga Owner"))
    expect(row).to_contain_text("You")
    expect(row).to_contain_text("%")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Name", "Talk", "Turns", "Longest turn", "Camera", "Screen share", "Messages", "Hands"]
    )
    expect(kept.locator("main time").first).not_to_contain_text("UTC")
    expect(kept.get_by_text("Not counted, because nobody watched just then: 21:00–23:06.")).to_be_visible()


def test_on_a_phone_each_person_is_a_block_and_the_table_stays_one(kept: Page) -> None:
    kept.set_viewport_size({"width": 360, "height": 740})
    kept.get_by_role("link", name=re.compile("Meeting with Olga Owner")).click()
    table = kept.get_by_role("table").first
    expect(table.get_by_role("rowheader")).to_have_count(3)
    expect(table.get_by_role("row", name=re.compile("=Nora")).get_by_role("cell")).to_have_count(7)
    label = table.get_by_role("cell").nth(1).evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Turns"'


def test_the_picture_is_reached_by_keyboard_and_leads_to_the_same_as_text(kept: Page) -> None:
    kept.get_by_role("link", name=re.compile("Meeting with Olga Owner")).click()
    rows = kept.locator(".timeline a")
    expect(rows).to_have_count(3)
    expect(rows.first).to_have_accessible_name(
        re.compile(r"Olga Owner Talk \d+:\d\d, turns: \d+, camera \d+:\d\d, screen share 0:00\.")
    )
    kept.locator(".back").focus()
    for _ in range(3):
        kept.keyboard.press("Tab")
    expect(rows.nth(2)).to_be_focused()
    assert rows.nth(2).evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    name = rows.nth(2).locator(".name").inner_text()
    kept.keyboard.press("Enter")
    target = kept.locator("tr:target")
    expect(target).to_be_visible()
    expect(target.get_by_role("rowheader")).to_have_text(name)
    expect(target.get_by_role("cell").nth(1)).to_contain_text(re.compile(r"\d:\d\d–"))


def test_without_scripts_everything_but_deleting_is_there_in_utc(
    looked_at: tuple[House, str], somebody: Somebody
) -> None:
    house, meeting = looked_at
    page = somebody(house.sign_in(house.owner), java_script_enabled=False).opens(f"/meetings/{meeting}")
    expect(page.locator("main time").first).to_contain_text("UTC")
    page.locator("details summary").click()
    expect(page.get_by_role("table").nth(1)).to_be_visible()
    expect(page.locator("main noscript p")).to_be_visible()


def test_the_figures_are_downloaded_as_a_table_and_with_all_times(kept: Page) -> None:
    kept.get_by_role("link", name=re.compile("Meeting with Olga Owner")).click()
    with kept.expect_download() as download:
        kept.get_by_role("link", name="Table (CSV)").click()
    assert download.value.suggested_filename == "contributions.csv"
    with download.value.path().open(encoding="utf-8", newline="") as file:
        lines = {line["name"]: line for line in csv.DictReader(file)}
    assert set(lines) == {"Olga Owner", "Colin Reyes", "'=Nora+1"}
    shown = kept.get_by_role("row", name=re.compile("Olga Owner")).first
    expect(shown.get_by_role("cell").nth(1)).to_have_text(lines["Olga Owner"]["turns"])
    with kept.expect_download() as download:
        kept.get_by_role("link", name="With all times (JSON)").click()
    assert download.value.suggested_filename == "contributions.json"
    record = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {person["name"] for person in record["people"]} == {"Olga Owner", "Colin Reyes", "=Nora+1"}


def test_the_owner_deletes_the_figures_after_being_asked_once_more(
    kept: Page, house: House, somebody: Somebody
) -> None:
    kept.get_by_role("link", name=re.compile("Meeting with Olga Owner")).click()
    address = kept.url
    colleague = somebody(house.sign_in(house.colleague)).opens(address)
    expect(colleague.get_by_role("heading", name="Who spoke when")).to_be_visible()
    expect(colleague.get_by_role("button", name="Delete these figures")).to_have_count(0)
    kept.get_by_role("button", name="Delete these figures").click()
    dialog = kept.get_by_role("dialog", name="Delete the figures of this meeting?")
    expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
    assert axe(kept) == []
    in_french(kept)
    kept.locator("[data-dialog='#forget']").click()
    expect(kept.get_by_role("dialog")).to_be_visible()
    assert axe(kept) == []
    kept.context.clear_cookies(name="language")
    kept.reload()
    kept.get_by_role("button", name="Delete these figures").click()
    dialog.get_by_role("button", name="Keep them").click()
    expect(dialog).to_be_hidden()
    kept.get_by_role("button", name="Delete these figures").click()
    dialog.get_by_role("button", name="Delete these figures").click()
    expect(kept).to_have_url(f"{house.server.url}/meetings")
    expect(kept.get_by_text("No meetings yet")).to_be_visible()
    colleague.reload()
    expect(colleague.get_by_role("heading", name="Page not found")).to_be_visible()
