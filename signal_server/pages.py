"""Renders the pages that people see. What may be read is decided in admission/; how it looks, in templates/."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import web
from babel.dates import format_datetime
from jinja2.runtime import Context
from markupsafe import Markup

from admission import reading, waiting_room
from admission.directory import Workspace, normalised_slug
from admission.errors import NotFound, NotSignedIn
from admission.knock import Knock
from admission.reading import Reader
from admission.store.repository import Repository
from admission.store.sqlite import StoreBusy
from signal_server import views
from signal_server.accent import mended
from signal_server.built import STATIC, Built
from signal_server.clock import now
from signal_server.headers import content_policy, setup_headers
from signal_server.invitation import calendar_entry, file_name, invitation_text, qr_code, qr_file
from signal_server.keys import SETTINGS, STORE
from signal_server.language import NAMES, Words, gettext, language_of
from signal_server.language import load as load_catalogues
from signal_server.problems import PROBLEMS, route_of
from signal_server.visitor import credentials_of, keep_ticket

log = structlog.get_logger()

PLATFORM = "web/platform/platform.ts"
VISIT = "web/visit/visit.ts"
BUILT: web.AppKey[Built] = web.AppKey("built", Built)

NOT_INDEXED = "noindex, nofollow"

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def setup_pages(app: web.Application) -> None:
    """Add the pages, their static files and the headers of every answer. The app has SETTINGS; STORE by its start."""
    load_catalogues()
    settings = app[SETTINGS]
    setup_headers(app, settings.public_url, settings.livekit_public_url)
    app[BUILT] = Built.read()
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(templates()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _said
    environment.globals["moment"] = _moment
    environment.globals["time_of_day"] = _time_of_day
    environment.globals["built"] = app[BUILT]
    environment.globals["icon"] = app[BUILT].icon
    environment.globals["languages"] = NAMES
    environment.filters["initials"] = initials
    app.middlewares.append(errors_as_pages)
    app.add_routes(
        [
            web.get("/", home),
            web.get("/sign-in", sign_in),
            web.get("/preferences", preferences),
            web.get("/preferences/meeting.ics", calendar_file),
            web.get("/preferences/link.svg", qr_download),
            web.get("/people", people),
            web.get("/people/{person}", profile),
            web.get("/m/{slug:.+}", visit),
            web.get("/problems/{name}", problem),
            web.get("/workspaces/{workspace}/theme.css", theme),
            web.get("/workspaces/{workspace}/logo", logo),
            web.static("/static", STATIC),
        ]
    )


def templates() -> Path:
    """Beside this file in an installed package, at the root of a checkout."""
    installed = Path(__file__).parent / "templates"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "templates"


# ── What templates say and show ──


@jinja2.pass_context
def _said(context: Context, text: str, **values: object) -> Markup:
    """`_("…", name=…)` in a template: our own text is markup-free, and what is filled in is escaped."""
    words = Words(context["language"])
    return Markup.escape(words.translated(text)) % values


@jinja2.pass_context
def _moment(context: Context, at: datetime, *, day: bool = False) -> Markup:
    """A time as the reader's clock shows it, once the page's script has run; in UTC until then. With `day` it has its
    day today, too."""
    text = format_datetime(at, "d MMM, HH:mm", locale=context["language"])
    return Markup('<time datetime="{}" data-moment="{}">{} UTC</time>').format(
        at.isoformat(timespec="seconds"), "day" if day else "", text
    )


def _time_of_day(at: datetime) -> Markup:
    """The same without its day, beside a time that has it."""
    return Markup('<time datetime="{}" data-moment="time">{:%H:%M} UTC</time>').format(
        at.isoformat(timespec="seconds"), at
    )


def initials(name: str) -> str:
    """First letters of the first and the last word; `?` for a name without any (as web/i18n/initials.ts)."""
    words = [word for word in re.split(r"[\s\-_.,;:'’\"“”()\[\]{}|/\\]+", name) if any(map(str.isalnum, word))]
    ends = words[:1] + words[1:][-1:]
    return "".join(next(letter for letter in word if letter.isalnum()).upper() for word in ends) or "?"


def workspace_look(workspace: Workspace | None) -> dict[str, str | None] | None:
    """A workspace's name and looks, as pages and the guest's page of its links show them."""
    if workspace is None:
        return None
    address = f"/workspaces/{workspace.id}"
    return {
        "name": workspace.name,
        "logo": f"{address}/logo" if workspace.logo_type else None,
        "accent": workspace.accent,
        # The colour in the address makes a change of it seen at once, although the file is kept.
        "theme": f"{address}/theme.css?{workspace.accent.lstrip('#')}" if workspace.accent else None,
        "privacy_url": workspace.privacy_url,
    }


def rendered(
    request: web.Request,
    template: str,
    reader: Reader,
    *,
    workspace: Workspace | None = None,
    page: Mapping[str, Any] | None = None,
    entry: str = PLATFORM,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> web.Response:
    """One page. `workspace` is whose house it shows, the reader's own unless given; `page` is data for its script."""
    language, settings = language_of(request), request.app[SETTINGS]
    session = views.session(reader.entry, settings.public_url) if reader.entry else None
    whole = {
        "request": request,
        "language": language,
        "entry": entry,
        "account": reader.entry.account if reader.entry else None,
        "link": session["link"] if session else None,
        "workspace": workspace_look(workspace or reader.workspace),
        "page": {
            "page": template.removesuffix(".html"),
            "language": language,
            "https": settings.https,
            "session": session,
            **(page or {}),
        },
        **context,
    }
    response = aiohttp_jinja2.render_template(template, request, whole, status=status)
    response.headers["Content-Language"] = language
    return response


# ── The pages ──


def page(handler: Handler) -> Handler:
    """A page that may turn out to be of nobody, or to need a sign-in first."""

    @wraps(handler)
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotSignedIn:
            raise web.HTTPSeeOther(f"/sign-in?next={quote(request.path_qs, safe='/')}") from None
        except NotFound:
            return await not_found(request)

    return answered


async def read(request: web.Request, use_case: Callable[[Repository, Reader], T]) -> tuple[Reader, T]:
    """Who reads, and what they read, as they stand at one moment."""
    sent = credentials_of(request)

    def both(repository: Repository) -> tuple[Reader, T]:
        reader = reading.reader(repository, sent, now())
        return reader, use_case(repository, reader)

    return await request.app[STORE].run(both)


async def reader_of(request: web.Request) -> Reader:
    reader, _ = await read(request, lambda repository, reader: None)
    return reader


@page
async def home(request: web.Request) -> web.StreamResponse:
    def missed_by(repository: Repository, reader: Reader) -> list[Knock]:
        return waiting_room.missed(repository, reader.entry.account.id) if reader.entry else []

    reader, missed = await read(request, missed_by)
    if reader.entry is None:
        return sign_in_card(request, reader, "/")
    return rendered(request, "home.html", reader, missed=missed)


@page
async def sign_in(request: web.Request) -> web.StreamResponse:
    reader = await reader_of(request)
    after = within_origin(request.query.get("next", "/"))
    if reader.entry is not None:
        raise web.HTTPSeeOther(after)
    return sign_in_card(request, reader, after)


def sign_in_card(request: web.Request, reader: Reader, after: str) -> web.Response:
    return rendered(request, "sign-in.html", reader, next=after)


def within_origin(address: str) -> str:
    """Where to go after the sign-in: a path of ours. Browsers read `//x`, `/\\x` and `/<tab>/x` as other hosts."""
    return address if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", address) else "/"


@page
async def preferences(request: web.Request) -> web.StreamResponse:
    reader = await reader_of(request)
    owner, _ = reader.signed_in(), gettext(request)
    if owner.link is None:
        return rendered(request, "preferences.html", reader)
    url = views.link(owner.link, request.app[SETTINGS].public_url)["url"]
    invitation = invitation_text(_, owner.account.name, url)
    qr = qr_code(url, _("Your link as a QR code"))
    return rendered(request, "preferences.html", reader, invitation=invitation, qr=qr)


@page
async def calendar_file(request: web.Request) -> web.StreamResponse:
    name, url = await own_link(request)
    _ = gettext(request)
    return download(
        calendar_entry(_, name, url, now()), "text/calendar", _("Meeting with %(owner)s", owner=name), "ics"
    )


@page
async def qr_download(request: web.Request) -> web.StreamResponse:
    name, url = await own_link(request)
    title = gettext(request)("Meeting with %(owner)s", owner=name)
    return download(qr_file(url, title), "image/svg+xml", title, "svg")


async def own_link(request: web.Request) -> tuple[str, str]:
    """The reader's name and the address of their link. Raises NotSignedIn, and NotFound for who has none."""
    owner = (await reader_of(request)).signed_in()
    if owner.link is None:
        raise NotFound
    return owner.account.name, views.link(owner.link, request.app[SETTINGS].public_url)["url"]


def download(body: bytes, media_type: str, title: str, ending: str) -> web.Response:
    disposition = f'attachment; filename="{file_name(title)}.{ending}"'
    return web.Response(
        body=body, content_type=media_type, charset="utf-8", headers={"Content-Disposition": disposition}
    )


@page
async def people(request: web.Request) -> web.StreamResponse:
    reader, found = await read(request, lambda repository, reader: reading.people(repository, reader.signed_in()))
    return rendered(request, "people.html", reader, people=found)


@page
async def profile(request: web.Request) -> web.StreamResponse:
    person_id = request.match_info["person"]
    reader, person = await read(
        request, lambda repository, reader: reading.profile(repository, reader.signed_in(), person_id)
    )
    theirs = views.link(person.link, request.app[SETTINGS].public_url) if person.link else None
    return rendered(request, "profile.html", reader, person=person.account, person_link=theirs)


@page
async def visit(request: web.Request) -> web.StreamResponse:
    """The guest's page of a link, whatever state the visit is in: its script finds out."""
    typed, sent, settings = request.match_info["slug"], credentials_of(request), request.app[SETTINGS]
    slug = normalised_slug(typed)
    reader, look = await read(request, lambda repository, reader: waiting_room.look(repository, slug, sent, now()))
    if typed != slug:
        # One address for one link: what a browser keeps for a visit is kept by it.
        raise web.HTTPSeeOther(f"/m/{slug}")
    response = rendered(
        request,
        "visit.html",
        reader,
        workspace=look.workspace,
        entry=VISIT,
        heading=gettext(request)("Meeting with %(owner)s", owner=look.owner.name),
        origin=settings.public_url,
        page={
            "slug": slug,
            # As it was typed, also where the link has another address by now.
            "public_url": f"{settings.public_url}/m/{slug}",
            "livekit_url": settings.livekit_public_url,
            "workspace": workspace_look(look.workspace),
            "owner": {"name": look.owner.name},
        },
    )
    response.headers["Content-Security-Policy"] = content_policy(settings.livekit_public_url, engine=True)
    response.headers["X-Robots-Tag"] = NOT_INDEXED
    keep_ticket(request, response)
    return response


@page
async def problem(request: web.Request) -> web.StreamResponse:
    """What a problem of the API means: its `type` is the address of this page (RFC 9457)."""
    found = PROBLEMS.get(request.match_info["name"])
    if found is None:
        raise NotFound
    say, reader = gettext(request), await reader_of(request)
    return rendered(request, "problem.html", reader, heading=say(found.title), sentence=say(found.detail), again=None)


# ── What workspaces look like: public, as their guests see it before they are anybody ──

FOR_A_DAY = "public, max-age=86400"
FOR_A_MINUTE = "public, max-age=60"


async def theme(request: web.Request) -> web.StreamResponse:
    workspace_id = request.match_info["workspace"]
    workspace = await request.app[STORE].run(lambda repository: repository.workspace(workspace_id))
    if workspace is None or workspace.accent is None:
        raise web.HTTPNotFound
    return web.Response(
        text=mended(workspace.accent).css(), content_type="text/css", headers={"Cache-Control": FOR_A_DAY}
    )


async def logo(request: web.Request) -> web.StreamResponse:
    workspace_id = request.match_info["workspace"]
    found = await request.app[STORE].run(lambda repository: repository.logo(workspace_id))
    if found is None:
        raise web.HTTPNotFound
    body, media_type = found
    version = hashlib.sha256(body).hexdigest()[:32]
    if any(known.value in (version, "*") for known in request.if_none_match or ()):
        response = web.Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = web.Response(body=body, content_type=media_type)
        # An SVG that somebody opens by itself is a document of our origin: nothing in it may run.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.etag = version
    response.headers["Cache-Control"] = FOR_A_MINUTE
    return response


# ── When there is nothing to show ──


async def not_found(request: web.Request) -> web.Response:
    """One and the same page for a link that never was, one that was replaced, and one whose owner is gone."""
    reader, _ = await reader_of(request), gettext(request)
    if request.path.startswith("/m/"):
        heading = _("No meeting here")
        sentence = _("There is no meeting behind this link. Ask the person who sent it for a new one.")
    else:
        heading = _("Page not found")
        sentence = _("There is nothing at this address. It may have been mistyped.")
    response = rendered(
        request,
        "not-found.html",
        reader,
        status=HTTPStatus.NOT_FOUND,
        heading=heading,
        sentence=sentence,
    )
    response.headers["X-Robots-Tag"] = NOT_INDEXED
    return response


def failed(request: web.Request, status: int) -> web.Response:
    """It did not work. Reads nothing, since what it would read may be what failed."""
    _ = gettext(request)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        heading = _("One moment, please")
        sentence = _("Too much is going on right now. Please try again in a few seconds.")
    elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
        wrong = PROBLEMS["wrong-method"]
        heading, sentence = _(wrong.title), _(wrong.detail)
    else:
        heading, sentence = _("Something went wrong"), _("The fault is ours, not yours. Please try again.")
    again = request.path_qs if request.method in ("GET", "HEAD") else None
    response = rendered(
        request, "problem.html", reading.NOBODY, status=status, heading=heading, sentence=sentence, again=again
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response


NOT_PAGES = ("/api/", "/livekit/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")


@web.middleware
async def errors_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever follows a link reads a page, also when there is none or when it failed."""
    if request.path.startswith(NOT_PAGES):
        return await handler(request)
    try:
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return await not_found(request)
    except StoreBusy:
        return failed(request, HTTPStatus.SERVICE_UNAVAILABLE)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return failed(request, error.status)
    except Exception:
        log.exception("page failed", route=route_of(request))
        return failed(request, HTTPStatus.INTERNAL_SERVER_ERROR)
