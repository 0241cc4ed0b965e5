"""Writes down every call (OpenAPI 3.1) from what stands next to its handler, and shows it as a page."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from signal_server.api.call import By, Call, Stream, Text, call_of, described
from signal_server.keys import SETTINGS
from signal_server.pages import page, reader_of, rendered
from signal_server.problems import PROBLEMS

Schema = dict[str, Any]

SCHEMAS = "#/components/schemas/"
PARAMETERS = {
    "slug": "The last part of a link's address, such as `bcdfg-hjkn-prstv`",
    "id": "As an earlier answer named it",
}
OF_EVERY_CALL = ("cross-site", "busy")
OF_BODIES = ("too-large", "invalid")
NOT_JSON = {"status": HTTPStatus.BAD_REQUEST, "more": {}}


@described(By.ANYONE, {200: Text("application/json")})
async def openapi(request: web.Request) -> web.Response:
    """GET /openapi.json: this document."""
    return web.json_response(await document_of(request.app))


@page
async def calls(request: web.Request) -> web.StreamResponse:
    """The same for people."""
    document = await document_of(request.app)
    shapes = {name: shape for name, shape in document["components"]["schemas"].items() if name not in PROBLEMS}
    groups: dict[str, list[tuple[str, str, Schema]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return rendered(request, "api.html", await reader_of(request), groups=groups, shapes=shapes)


DOCUMENT: web.AppKey[Schema] = web.AppKey("document", dict)


def setup_openapi(app: web.Application) -> None:
    """Add the document and its page. It is written when somebody first asks for it."""
    app[DOCUMENT] = {}
    app.add_routes([web.get("/openapi.json", openapi), web.get("/api", calls)])


async def document_of(app: web.Application) -> Schema:
    if not app[DOCUMENT]:
        # In a thread: it takes a moment, in which streams go on.
        app[DOCUMENT].update(await asyncio.to_thread(document, app.router, https=app[SETTINGS].https))
    return app[DOCUMENT]


def document(router: web.UrlDispatcher, *, https: bool) -> Schema:
    """Every route whose handler says what it is."""
    found = [
        (route.method.lower(), route.resource.canonical, route.handler, call)
        for route in router.routes()
        if route.resource and route.method != "HEAD" and (call := call_of(route.handler))
    ]
    shapes = Shapes(call for _, _, _, call in found)
    paths: dict[str, dict[str, Schema]] = {}
    for method, path, handler, call in found:
        paths.setdefault(path, {})[method] = operation(method, path, handler, call, shapes)
    prefix = "__Host-" if https else ""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vestibule",
            "version": "1",
            "description": "Who may enter a meeting. Fields may be added; what is refused is a problem (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": {**shapes.named, **{name: problem_schema(name, shapes) for name in PROBLEMS}},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": f"{prefix}session"},
                "ticket": {"type": "apiKey", "in": "cookie", "name": f"{prefix}ticket"},
                "livekit": {"type": "http", "scheme": "bearer", "description": "A JWT signed with LiveKit's key"},
            },
        },
    }


class Shapes:
    """The schemas of all types that calls take and answer: named ones once, and each referred to."""

    def __init__(self, calls: Iterable[Call]) -> None:
        asked = {("serialization", kind) for problem in PROBLEMS.values() for kind in problem.more.values()}
        for call in calls:
            asked |= {("serialization", kind) for answer in call.answers.values() for kind in _kinds(answer)}
            if call.takes:
                asked.add(("validation", call.takes))
        # In one order, so that the document is the same each time.
        ordered = sorted(asked, key=lambda each: (each[0], repr(each[1])))
        schemas, definitions = TypeAdapter.json_schemas(
            [(each, each[0], TypeAdapter(each[1])) for each in ordered],  # type: ignore[misc]
            ref_template=SCHEMAS + "{model}",
        )
        self._schemas = {each[0]: schema for each, schema in schemas.items()}
        self.named: dict[str, Schema] = definitions.get("$defs", {})

    def taken(self, kind: object) -> Schema:
        return dict(self._schemas["validation", kind])

    def answered(self, shape: Any) -> Schema:
        if isinstance(shape, Mapping):
            return fields({name: self.answered(kind) for name, kind in shape.items()})
        return dict(self._schemas["serialization", shape])


def _kinds(shape: Any) -> Iterator[Any]:
    """The types in an answer."""
    match shape:
        case Stream():
            yield from _kinds(shape.events)
        case Mapping():
            for each in shape.values():
                yield from _kinds(each)
        case Text():
            pass
        case _:
            yield shape


def fields(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def operation(method: str, path: str, handler: object, call: Call, shapes: Shapes) -> Schema:
    words = inspect.getdoc(handler) or ""
    summary, _, rest = words.partition(": ")[2].partition("\n\n")
    described: Schema = {
        "operationId": f"{method}{re.sub(r'[^a-z]+', '-', path)}".rstrip("-"),
        "tags": [path.split("/")[3] if path.startswith("/api/") else "server"],
        "summary": summary[:1].upper() + summary[1:],
        "description": "\n\n".join(filter(None, (f"By: {call.by.words}.", rest))),
        "security": [{each: []} if each else {} for each in call.by.shows],
        "responses": responses(method, path, call, shapes),
    }
    if names := re.findall(r"{(\w+)}", path):
        described["parameters"] = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": PARAMETERS[name],
                "schema": {"type": "string"},
            }
            for name in names
        ]
    if call.takes:
        described["requestBody"] = {
            "required": any(field.is_required() for field in call.takes.model_fields.values()),
            "content": {"application/json": {"schema": shapes.taken(call.takes)}},
        }
    return described


def responses(method: str, path: str, call: Call, shapes: Shapes) -> Schema:
    found = {str(status): answer(HTTPStatus(status), shape, shapes) for status, shape in call.answers.items()}
    if not path.startswith("/api/"):
        return found
    names = [*OF_EVERY_CALL, *call.by.refusals, *call.refusals]
    if "{" in path:
        names.append("not-found")
    if method != "get":
        names += OF_BODIES
        found["400"] = refusals([problem_schema("invalid", shapes, **NOT_JSON)], "This is no JSON")
    for status in sorted({PROBLEMS[name].status for name in names}):
        fitting = sorted(name for name in names if PROBLEMS[name].status == status)
        found[str(status)] = refusals(
            [{"$ref": SCHEMAS + name} for name in fitting],
            ", ".join(f"`{name}`" for name in fitting),
            waits=any(PROBLEMS[name].retry_after is not None for name in fitting),
        )
    return dict(sorted(found.items()))


def answer(status: HTTPStatus, shape: Any, shapes: Shapes) -> Schema:
    match shape:
        case None:
            return {"description": status.phrase}
        case Text():
            return {"description": status.phrase, "content": {shape.media_type: {"schema": {}}}}
        case Stream():
            events = [event(name, shapes.answered(each)) for name, each in shape.events.items()]
            says = "Server-sent events, of which each is such a one"
            return {"description": says, "content": {"text/event-stream": {"schema": {"oneOf": events}}}}
        case _:
            return {"description": status.phrase, "content": {"application/json": {"schema": shapes.answered(shape)}}}


def event(name: str, data: Schema) -> Schema:
    told = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return fields({"event": {"const": name}, "data": told})


def refusals(schemas: list[Schema], says: str, *, waits: bool = False) -> Schema:
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    refused: Schema = {"description": says, "content": {"application/problem+json": {"schema": schema}}}
    if waits:
        refused["headers"] = {"Retry-After": {"description": "In seconds", "schema": {"type": "integer"}}}
    return refused


def problem_schema(name: str, shapes: Shapes, **other: Any) -> Schema:
    problem = PROBLEMS[name]
    more = other.get("more", problem.more)
    properties: dict[str, Schema] = {
        "type": {"const": f"/problems/{name}"},
        "title": {"type": "string"},
        "status": {"const": int(other.get("status", problem.status))},
        "detail": {"type": "string"},
        **{field: shapes.answered(kind) for field, kind in more.items()},
    }
    if problem.retry_after is not None:
        properties["retry_after"] = {"type": "integer"}
    return fields(properties)
