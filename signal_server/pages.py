"""Renders the pages that people see. What may be read is decided in admission/; how it looks, in templates/."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import web
from babel.dates import format_datetime
from jinja2.runtime import Context
from markupsafe import Markup

from admission import reading, waiting_room
from admission.directory import Account, Link, Workspace, normalised_slug
from admission.errors import NotFound, NotSignedIn
from admission.reading import Frame
from admission.store.repository import Repository
from admission.store.sqlite import StoreBusy
from signal_server.accent import mended
from signal_server.built import STATIC, Built
from signal_server.headers import setup_headers
from signal_server.invitation import calendar_entry, file_name, invitation_text, qr_code, qr_file
from signal_server.keys import SETTINGS, STORE
from signal_server.language import NAMES, Words, gettext, language_of
from signal_server.language import load as load_catalogues
from signal_server.problems import PROBLEMS, route_of
from signal_server.visitor import credentials_of, keep_ticket, now

log = structlog.get_logger()

PLATFORM = "web/platform/platform.ts"
VISIT = "web/visit/visit.ts"
BUILT: web.AppKey[Built] = web.AppKey("built", Built)

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
def _moment(context: Context, at: datetime) -> Markup:
    """A time as the reader's clock shows it, once the page's script has run; in UTC until then."""
    text = format_datetime(at, "d MMM, HH:mm", locale=context["language"])
    return Markup('<time datetime="{}" data-moment>{} UTC</time>').format(at.isoformat(timespec="seconds"), text)


def initials(name: str) -> str:
    """First letters of the first and the last word; `?` for a name without any (as web/i18n/initials.ts)."""
    words = [word for word in re.split(r"[\s\-_.,;:'’\"“”()\[\]{}|/\\]+", name) if any(map(str.isalnum, word))]
    ends = words[:1] + words[1:][-1:]
    return "".join(next(letter for letter in word if letter.isalnum()).upper() for word in ends) or "?"


def link_url(request: web.Request, slug: str) -> str:
    return f"{request.app[SETTINGS].public_url}/m/{slug}"


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


def link_shape(request: web.Request, link: Link | None) -> dict[str, Any] | None:
    return {"slug": link.slug, "url": link_url(request, link.slug), "open": link.open} if link else None


def session_shape(request: web.Request, frame: Frame, link: Link | None) -> dict[str, Any] | None:
    """The session as the API answers it."""
    account, workspace = frame.visitor.account, frame.workspace
    if account is None or workspace is None:
        return None
    return {
        "account": {"id": account.id, "name": account.name, "email": account.email, "role": account.role},
        "workspace": {"name": workspace.name, "plan": workspace.plan, "seats": workspace.seats},
        "link": link_shape(request, link),
    }


def rendered(
    request: web.Request,
    template: str,
    frame: Frame,
    *,
    link: Link | None = None,
    workspace: Workspace | None = None,
    page: Mapping[str, Any] | None = None,
    entry: str = PLATFORM,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> web.Response:
    """One page. `workspace` is whose house it shows, the reader's own unless given."""
    language = language_of(request)
    whole = {
        "language": language,
        "request": request,
        "entry": entry,
        "account": frame.visitor.account,
        "workspace": workspace_look(workspace or frame.workspace),
        "link": link_shape(request, link),
        "page": {
            "page": template.removesuffix(".html"),
            "language": language,
            "https": request.app[SETTINGS].https,
            "session": session_shape(request, frame, link),
            **(page or {}),
        },
        **context,
    }
    response = aiohttp_jinja2.render_template(template, request, whole, status=status)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Cookie, Accept-Language"
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


async def read_frame(request: web.Request) -> tuple[Frame, Link | None]:
    """Who reads, and their own link."""
    sent = credentials_of(request)

    def read(repository: Repository) -> tuple[Frame, Link | None]:
        frame = reading.frame(repository, sent, now())
        account = frame.visitor.account
        return frame, reading.own_link(repository, account) if account else None

    return await request.app[STORE].run(read)


@page
async def home(request: web.Request) -> web.StreamResponse:
    sent = credentials_of(request)

    def read(repository: Repository) -> Any:
        frame = reading.frame(repository, sent, now())
        if frame.visitor.account is None:
            return frame, None, []
        link = reading.own_link(repository, frame.account)
        return frame, link, reading.missed(repository, link)

    frame, link, missed = await request.app[STORE].run(read)
    if frame.visitor.account is None:
        return sign_in_card(request, frame, "/")
    return rendered(request, "home.html", frame, link=link, missed=missed)


@page
async def sign_in(request: web.Request) -> web.StreamResponse:
    frame, _link = await read_frame(request)
    after = within_origin(request.query.get("next", "/"))
    if frame.visitor.account is not None:
        raise web.HTTPSeeOther(after)
    return sign_in_card(request, frame, after)


def sign_in_card(request: web.Request, frame: Frame, after: str) -> web.Response:
    return rendered(request, "sign-in.html", frame, next=after)


def within_origin(address: str) -> str:
    """Where to go after the sign-in: a path of ours. Browsers read `//x`, `/\\x` and `/<tab>/x` as other hosts."""
    return address if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", address) else "/"


@page
async def preferences(request: web.Request) -> web.StreamResponse:
    frame, link = await read_frame(request)
    account, _ = frame.account, gettext(request)
    more: dict[str, Any] = {}
    if link is not None:
        url = link_url(request, link.slug)
        more["invitation"] = invitation_text(_, account.name, url)
        more["qr"] = qr_code(url, _("Your link as a QR code"))
    return rendered(request, "preferences.html", frame, link=link, **more)


@page
async def calendar_file(request: web.Request) -> web.StreamResponse:
    account, link = await own_link(request)
    _ = gettext(request)
    name = _("Meeting with %(owner)s", owner=account.name)
    return web.Response(
        body=calendar_entry(_, account.name, link_url(request, link.slug), now()),
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name(name)}.ics"'},
    )


@page
async def qr_download(request: web.Request) -> web.StreamResponse:
    account, link = await own_link(request)
    _ = gettext(request)
    name = _("Meeting with %(owner)s", owner=account.name)
    return web.Response(
        body=qr_file(link_url(request, link.slug), name),
        content_type="image/svg+xml",
        headers={"Content-Disposition": f'attachment; filename="{file_name(name)}.svg"'},
    )


async def own_link(request: web.Request) -> tuple[Account, Link]:
    """The reader and their link. Raises NotSignedIn, and NotFound for who has none."""
    frame, link = await read_frame(request)
    if link is None:
        raise NotFound if frame.account else NotSignedIn
    return frame.account, link


@page
async def people(request: web.Request) -> web.StreamResponse:
    sent = credentials_of(request)

    def read(repository: Repository) -> Any:
        frame = reading.frame(repository, sent, now())
        return frame, reading.own_link(repository, frame.account), reading.people(repository, frame.account)

    frame, link, found = await request.app[STORE].run(read)
    return rendered(request, "people.html", frame, link=link, people=found)


@page
async def profile(request: web.Request) -> web.StreamResponse:
    sent, person_id = credentials_of(request), request.match_info["person"]

    def read(repository: Repository) -> Any:
        frame = reading.frame(repository, sent, now())
        person = reading.profile(repository, frame.account, person_id)
        return frame, reading.own_link(repository, frame.account), person

    frame, link, person = await request.app[STORE].run(read)
    theirs = link_shape(request, person.link)
    return rendered(request, "profile.html", frame, link=link, person=person.account, person_link=theirs)


@page
async def visit(request: web.Request) -> web.StreamResponse:
    """The guest's page of a link, whatever state the visit is in: its script finds out."""
    typed, sent = request.match_info["slug"], credentials_of(request)
    slug = normalised_slug(typed)

    def read(repository: Repository) -> Any:
        at = now()
        frame = reading.frame(repository, sent, at)
        account = frame.visitor.account
        own = reading.own_link(repository, account) if account else None
        return frame, own, waiting_room.look(repository, slug, sent, at)

    frame, own, look = await request.app[STORE].run(read)
    if typed != slug:
        # One address for one link: what a browser keeps for a visit is kept by it.
        raise web.HTTPSeeOther(f"/m/{slug}")
    settings = request.app[SETTINGS]
    response = rendered(
        request,
        "visit.html",
        frame,
        link=own,
        workspace=look.workspace,
        entry=VISIT,
        heading=gettext(request)("Meeting with %(owner)s", owner=look.owner.name),
        origin=settings.public_url,
        page={
            "slug": slug,
            "public_url": link_url(request, slug),
            "livekit_url": settings.livekit_public_url,
            "workspace": workspace_look(look.workspace),
            "owner": {"name": look.owner.name},
        },
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    keep_ticket(request, response)
    return response


@page
async def problem(request: web.Request) -> web.StreamResponse:
    """What a problem of the API means: its `type` is the address of this page (RFC 9457)."""
    found = PROBLEMS.get(request.match_info["name"])
    if found is None:
        raise NotFound
    frame, link = await read_frame(request)
    _ = gettext(request)
    return rendered(
        request, "problem.html", frame, link=link, heading=_(found.title), sentence=_(found.detail), again=None
    )


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
    frame, link = await read_frame(request)
    _ = gettext(request)
    if request.path.startswith("/m/"):
        heading = _("No meeting here")
        sentence = _("There is no meeting behind this link. Ask the person who sent it for a new one.")
    else:
        heading = _("Page not found")
        sentence = _("There is nothing at this address. It may have been mistyped.")
    response = rendered(
        request,
        "not-found.html",
        frame,
        link=link,
        status=HTTPStatus.NOT_FOUND,
        heading=heading,
        sentence=sentence,
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


async def failed(request: web.Request, status: int) -> web.Response:
    """Something of ours went wrong. Reads nothing, since what it would read may be what failed."""
    _ = gettext(request)
    busy = status == HTTPStatus.SERVICE_UNAVAILABLE
    response = rendered(
        request,
        "problem.html",
        reading.NOBODY,
        status=status,
        heading=_("One moment, please") if busy else _("Something went wrong"),
        sentence=_("Too much is going on right now. Please try again in a few seconds.")
        if busy
        else _("The fault is ours, not yours. Please try again."),
        again=request.path_qs,
    )
    if busy:
        response.headers["Retry-After"] = "5"
    return response


NOT_PAGES = ("/api/", "/livekit/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")


@web.middleware
async def errors_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever follows a link reads a page, also when there is none or when it failed."""
    if request.path.startswith(NOT_PAGES):
        return await handler(request)
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return await not_found(request)
    except StoreBusy:
        return await failed(request, HTTPStatus.SERVICE_UNAVAILABLE)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("page failed", route=route_of(request))
        return await failed(request, HTTPStatus.INTERNAL_SERVER_ERROR)
