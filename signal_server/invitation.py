"""What a member takes away to invite people: a calendar entry, a QR code, a text to paste."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import segno
from icalendar import Calendar, Event, vText, vUri
from markupsafe import Markup

from signal_server.language import Words

LASTS = timedelta(minutes=30)


def invitation_text(_: Words, owner: str, url: str) -> str:
    """To paste into a message: whose meeting, where, and what will happen there."""
    return "\n".join(
        (
            _("%(owner)s invites you to a videoconference.", owner=owner),
            "",
            _("Open this link in your browser:"),
            url,
            "",
            _("Nothing to install, and no account needed: type your name and ask to join."),
        )
    )


def calendar_entry(_: Words, owner: str, url: str, at: datetime) -> bytes:
    """An iCalendar file (RFC 5545) with one event, at the next full hour: the owner moves it where it belongs.

    The link stands wherever a calendar program may look for it: as LOCATION, URL and CONFERENCE (RFC 7986), and in
    the description. The time is in UTC, which every program shows in its reader's own.
    """
    starts = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    event = Event()
    event.add("uid", f"{uuid4()}")
    event.add("dtstamp", at.replace(microsecond=0))
    event.add("dtstart", starts)
    event.add("dtend", starts + LASTS)
    event.add("summary", _("Meeting with %(owner)s", owner=owner))
    event.add("location", vText(url))
    event.add("url", vUri(url))
    event.add("conference", vUri(url), parameters={"FEATURE": "VIDEO", "LABEL": _("Videoconference")})
    event.add("description", invitation_text(_, owner, url))
    calendar = Calendar()
    calendar.add("prodid", "-//Vestibule//Public videoconference link//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def file_name(text: str) -> str:
    """A name that every system and every header takes: `Meeting with Zoë Ł` → `meeting-with-zoe-l`."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "meeting"


def qr_code(url: str, title: str) -> Markup:
    """The address as SVG in a page, without any style: black on its own white, as cameras read it in the dark, too."""
    return Markup(_qr(url).svg_inline(title=title, svgclass="qr", omitsize=True, **QR))


def qr_file(url: str, title: str) -> bytes:
    """The same as a document of its own, to be printed."""
    document = io.BytesIO()
    _qr(url).save(document, kind="svg", title=title, scale=10, svgclass=None, **QR)
    return document.getvalue()


QR: dict[str, Any] = {"border": 4, "dark": "#000", "light": "#fff", "lineclass": None}


def _qr(url: str) -> segno.QRCode:
    return segno.make(url, error="m", micro=False)
