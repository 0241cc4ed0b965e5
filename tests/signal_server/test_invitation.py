"""What a member takes away to invite people carries the link, in every place where programs look for it."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar, Event

from signal_server.invitation import calendar_entry, file_name, invitation_text, qr_code
from signal_server.language import Words

URL = "https://meet.example/m/bcdfg-hjkn-prstv"
AT = datetime(2026, 3, 28, 14, 25, 40, tzinfo=UTC)


def the_event(language: str = "en", owner: str = "Zoë; Martin, PhD") -> Event:
    (event,) = Calendar.from_ical(calendar_entry(Words(language), owner, URL, AT)).events
    return event


def test_the_calendar_entry_carries_the_link_as_place_address_and_in_the_text() -> None:
    event = the_event()
    assert event["LOCATION"] == URL
    assert event["URL"] == URL
    assert URL in str(event["DESCRIPTION"])
    assert str(event["CONFERENCE"]) == URL


def test_the_calendar_entry_is_half_an_hour_from_the_next_full_hour_in_utc() -> None:
    event = the_event()
    assert event.start == datetime(2026, 3, 28, 15, 0, tzinfo=UTC)
    assert event.duration == timedelta(minutes=30)


def test_two_calendar_entries_are_two_events() -> None:
    assert the_event()["UID"] != the_event()["UID"]


def test_the_calendar_entry_says_whose_meeting_it_is_in_the_readers_language() -> None:
    assert the_event("en")["SUMMARY"] == "Meeting with Zoë; Martin, PhD"
    assert the_event("fr")["SUMMARY"] == "Réunion avec Zoë; Martin, PhD"


def test_the_text_for_an_invitation_has_the_link_on_a_line_of_its_own() -> None:
    assert URL in invitation_text(Words("fr"), "Zoé", URL).splitlines()


def test_the_qr_code_has_no_style_and_a_title() -> None:
    svg = ElementTree.fromstring(qr_code(URL, "QR <code>"))
    assert svg.findtext("{*}title") == "QR <code>" or svg.findtext("title") == "QR <code>"
    assert not re.search(r"style|onload|<script", qr_code(URL, "QR code"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Meeting with Zoë Łuk", "meeting-with-zoe-luk"), ("会議", "meeting"), ('a"\r\n/../b', "a-b")],
)
def test_a_file_name_is_plain(text: str, expected: str) -> None:
    assert file_name(text) == expected
