"""Contributions to a meeting: the figures, as JSON and as a table for spreadsheets, and erasing them."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from typing import Any

from aiohttp import web

from admission import figures
from admission.contribution import Lane
from admission.figures import Observed
from admission.store.repository import moment
from signal_server import contributions
from signal_server.api.call import By, Text, call
from signal_server.clock import now
from signal_server.keys import STORE
from signal_server.views import rfc3339
from signal_server.visitor import credentials_of

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula."""

COLUMNS = (
    "name",
    "role",
    "came",
    "left",
    "talk_seconds",
    "talk_share",
    "turns",
    "longest_turn_seconds",
    "camera_seconds",
    "screen_share_seconds",
    "messages",
    "hands",
)


@call(By.INSIDE, {200: contributions.Record})
async def show(request: web.Request) -> web.Response:
    """GET /api/v1/meetings/{id}/contributions: the figures, and when everybody gave what."""
    return web.json_response(await _made(request, contributions.record))


@call(By.INSIDE, {200: Text("text/csv")})
async def table(request: web.Request) -> web.Response:
    """GET /api/v1/meetings/{id}/contributions.csv: a line for each person (RFC 4180, UTF-8)."""
    return web.Response(
        text=await _made(request, as_csv),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="contributions.csv"'},
    )


@call(By.OWNER, {204: None})
async def forget(request: web.Request) -> web.Response:
    """DELETE /api/v1/meetings/{id}/contributions: erase them, once the meeting is over; the owner's alone."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: figures.forget(repository, meeting_id, sent, now()))
    return web.Response(status=204)


async def _made(request: web.Request, make: Callable[[Observed], Any]) -> Any:
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    store = request.app[STORE]
    found = await store.run(lambda repository: figures.observed(repository, meeting_id, sent, now()))
    # A long meeting takes a while to fold: others are answered meanwhile.
    return await asyncio.to_thread(make, await contributions.whole(store, found))


def as_csv(found: Observed) -> str:
    """The figures as a table. What a spreadsheet would take for a formula begins with an apostrophe."""
    tally = found.tally()
    shown = contributions.shown(found.count, tally, found.people)
    lanes = tally.lanes(found.count.until)
    together = sum(line["talk"] for line in shown["people"])
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for person, line in zip(found.people, shown["people"], strict=True):
        here = lanes.get(person, {}).get(Lane.HERE, [])
        lines.writerow(
            [
                _plain(line["name"]),
                line["role"],
                rfc3339(moment(here[0][0])) if here else "",
                rfc3339(moment(here[-1][1])) if here and not line["here"] else "",
                line["talk"],
                round(line["talk"] / together, 4) if together else 0,
                line["turns"],
                line["longest_turn"],
                line["camera"],
                line["screen_share"],
                line["messages"],
                line["hands"],
            ]
        )
    return text.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
