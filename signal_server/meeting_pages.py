"""The pages of meetings that are over: which there were, and who gave what to one of them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from functools import partial

import aiohttp_jinja2
import jinja2
from aiohttp import web
from babel.dates import format_skeleton
from babel.numbers import format_decimal, format_percent
from jinja2.runtime import Context

from admission import figures
from admission.accounts import Entry
from admission.directory import Role
from admission.figures import Ended, Month, Observed
from admission.meeting import Meeting
from admission.reading import Reader
from admission.store.repository import Repository
from admission.store.sqlite import Store
from signal_server.clock import now
from signal_server.contributions import whole
from signal_server.keys import SETTINGS, STORE
from signal_server.language import Words, gettext, language_of
from signal_server.pages import page, read, rendered
from signal_server.timeline import clock, length_of_time, timeline
from signal_server.visitor import credentials_of

READ_AT_ONCE = 500
"""Meetings that one step of reading has: some milliseconds."""


def setup_meeting_pages(app: web.Application) -> None:
    """Add these pages to an application that has the others."""
    filters = {"clock": clock, "length_of_time": length_of_time, "hours": _hours, "percent": _percent}
    aiohttp_jinja2.get_env(app).filters.update(filters)
    app.add_routes([web.get("/meetings", meetings), web.get("/meetings/{id}", meeting)])


@page
async def meetings(request: web.Request) -> web.StreamResponse:
    """The meetings of the reader's link and those they were in; to an admin also how many there were at all."""

    reader, past = await read(request, lambda repository, reader: figures.past(repository, reader.signed_in()))
    account = reader.signed_in().account
    months = await by_month(request.app[STORE], reader.signed_in()) if account.role is Role.ADMIN else []
    language, _ = language_of(request), gettext(request)
    return rendered(
        request,
        "meetings.html",
        reader,
        past=[(each, named(_, each.meeting, each.owner.name)) for each in past],
        months=[
            (format_skeleton("yMMMM", date.fromisoformat(f"{each.month}-01"), locale=language), each) for each in months
        ],
        days=request.app[SETTINGS].keep_meetings_days,
    )


async def by_month(store: Store, admin: Entry) -> list[Month]:
    """Read in steps, between which everybody else is answered."""
    found: list[Ended] = []
    while True:
        after = found[-1].meeting_id if found else ""
        some = await store.run(partial(figures.that_ended, reader=admin, after=after, most=READ_AT_ONCE))
        found += some
        if len(some) < READ_AT_ONCE:
            return figures.months(found)


@page
async def meeting(request: web.Request) -> web.StreamResponse:
    """What was observed in one meeting, for who may read it."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)

    def use_case(repository: Repository, reader: Reader) -> Observed:
        reader.signed_in()
        return figures.observed(repository, meeting_id, sent, now())

    reader, found = await read(request, use_case)
    account = reader.signed_in().account
    # A long meeting takes a while to fold: others are answered meanwhile.
    shown = await asyncio.to_thread(timeline, await whole(request.app[STORE], found), account.id)
    return rendered(
        request,
        "meeting.html",
        reader,
        heading=named(gettext(request), found.meeting, found.owner.name),
        meeting=found.meeting,
        owner=found.owner,
        mine=found.mine,
        shown=shown,
        calls=f"/api/v1/meetings/{found.meeting.id}/contributions",
        days=request.app[SETTINGS].keep_meetings_days,
    )


def named(_: Words, meeting: Meeting, owner: str) -> str:
    """What a meeting is called: its subject, where it has one."""
    return meeting.setup.values.subject or _("Meeting with %(owner)s", owner=owner)


@jinja2.pass_context
def _percent(context: Context, share: float) -> str:
    return format_percent(share, locale=context["language"])


@jinja2.pass_context
def _hours(context: Context, length: timedelta) -> str:
    return format_decimal(round(length / timedelta(hours=1), 1), locale=context["language"])
