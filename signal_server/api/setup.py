"""The set-up: of a link, which is kept, and of a meeting, which holds now."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StrictBool, StrictInt

from admission import moderation
from admission.moderation import SetupView
from admission.setup import Admitters, Colleagues, Contributions, Who
from signal_server import views
from signal_server.api.body import Body, text
from signal_server.api.call import By, call, call_with
from signal_server.clock import now
from signal_server.in_hand import to_the_end
from signal_server.keys import ROOMS, STORE
from signal_server.sfu.permissions import carry_out
from signal_server.visitor import credentials_of


class SetupPatch(Body):
    """Any fields, and the version that was read."""

    version: Annotated[StrictInt, Field(ge=1)]
    subject: Annotated[str, text(120)] | None = None
    waiting_message: Annotated[str, text(300, lines=True)] | None = None
    microphone_off: StrictBool | None = None
    camera_off: StrictBool | None = None
    microphone: Who | None = None
    camera: Who | None = None
    screen_share: Who | None = None
    chat: Who | None = None
    locked: StrictBool | None = None
    admitters: Admitters | None = None
    colleagues: Colleagues | None = None
    seats: StrictInt | None = None
    contributions: Contributions | None = None

    def wanted(self) -> dict[str, Any]:
        """The fields that were sent. Null is no value of any of them."""
        return self.model_dump(exclude={"version"}, exclude_none=True)


def _answer(view: SetupView) -> web.Response:
    return web.json_response(views.setup(view.kept, view.plan_seats))


@call(By.OWNER, {200: views.Setup})
async def show_kept(request: web.Request) -> web.Response:
    """GET /api/v1/links/{slug}/setup: from which each meeting starts."""
    slug, sent = request.match_info["slug"], credentials_of(request)
    return _answer(
        await request.app[STORE].run(lambda repository: moderation.link_setup(repository, slug, sent, now()))
    )


@call_with(SetupPatch, By.OWNER, {200: views.Setup}, "setup-changed")
async def change_kept(request: web.Request, patch: SetupPatch) -> web.Response:
    """PATCH /api/v1/links/{slug}/setup: for the meetings to come."""
    slug, sent = request.match_info["slug"], credentials_of(request)
    return _answer(
        await request.app[STORE].run(
            lambda repository: moderation.change_link_setup(
                repository, slug, sent, patch.wanted(), patch.version, now()
            )
        )
    )


@call(By.MODERATOR, {200: views.Setup})
async def show(request: web.Request) -> web.Response:
    """GET /api/v1/meetings/{id}/setup: what holds now."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    return _answer(
        await request.app[STORE].run(lambda repository: moderation.meeting_setup(repository, meeting_id, sent, now()))
    )


@call_with(SetupPatch, By.MODERATOR, {200: views.SetupDone}, "setup-changed")
@to_the_end
async def change(request: web.Request, patch: SetupPatch) -> web.Response:
    """PATCH /api/v1/meetings/{id}/setup: holds at once for everybody inside, and for whoever comes later."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    rooms = request.app[ROOMS]
    async with rooms.in_order(meeting_id):
        view = await request.app[STORE].run(
            lambda repository: moderation.change_meeting_setup(
                repository, meeting_id, sent, patch.wanted(), patch.version, now()
            )
        )
        assert view.orders is not None, "a meeting's set-up comes with what follows"
        results = await carry_out(rooms, view.orders)
    body = views.setup(view.kept, view.plan_seats)
    return web.json_response({**body, "results": views.results(results)})
