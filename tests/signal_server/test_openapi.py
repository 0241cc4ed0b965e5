"""What is written down of the calls is what is served: every route, and every answer that a random caller gets."""

import asyncio
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from signal_server.pages import NOT_PAGES
from tests.signal_server.front_door import Browser, FrontDoor

METHODS = {"get", "post", "patch", "put", "delete"}


async def test_every_call_is_in_the_document_and_every_call_of_the_document_is_served(door: FrontDoor) -> None:
    answer = await door.browser().get("/openapi.json")
    assert answer.status == 200
    told = {(method.upper(), path) for path, methods in answer.body["paths"].items() for method in methods}
    served = {
        (route.method, route.resource.canonical)
        for route in door.app.router.routes()
        if route.resource and route.resource.canonical.startswith(NOT_PAGES) and route.method != "HEAD"
    }
    assert told == {(method, path) for method, path in served if not path.startswith("/static/")}


async def test_a_handler_says_first_which_call_it_answers(door: FrontDoor) -> None:
    wrong = [
        (route.method, route.resource.canonical)
        for route in door.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/api/") and route.method != "HEAD"
        if not (inspect.getdoc(route.handler) or "").startswith(f"{route.method} {route.resource.canonical}: ")
    ]
    assert wrong == []


async def test_the_document_is_openapi_and_every_call_says_who_may_make_it_and_what_they_get(door: FrontDoor) -> None:
    document = (await door.browser().get("/openapi.json")).body
    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"].startswith("By: "), (method, path)
            assert any(status.startswith("2") for status in operation["responses"]), (method, path)


async def test_a_refusal_is_in_the_document_by_its_name_and_with_what_it_says_besides(door: FrontDoor) -> None:
    document = (await door.browser().get("/openapi.json")).body
    decision = document["paths"]["/api/v1/knocks/{id}/decision"]["post"]["responses"]
    assert decision["409"]["content"]["application/problem+json"]["schema"]["oneOf"] == [
        {"$ref": "#/components/schemas/already-decided"},
        {"$ref": "#/components/schemas/meeting-full"},
    ]
    assert "decided_by" in document["components"]["schemas"]["already-decided"]["required"]
    assert document["components"]["schemas"]["DecisionMade"]["properties"]["message"]["anyOf"][0]["maxLength"] == 200


async def test_people_read_the_same_as_a_page(door: FrontDoor) -> None:
    guest = door.browser()
    paths = (await guest.get("/openapi.json")).body["paths"]
    page = await guest.get("/api", headers={"Accept-Language": "fr"})
    assert page.status == 200
    for path, methods in paths.items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page.body
    assert '<a href="/problems/meeting-full">meeting-full</a>' in page.body
    assert "Chaque appel" in page.body


# What these do ends the meeting or the address of the calls after them, or the sign-in: each gets a door of its own.
ENDS = ("post-api-v-links-slug-rotate", "post-api-v-meetings-id-end")
SIGNS_OUT = "delete-api-v-session"
RUNS = {
    "nobody": [],
    "a member": [f"--exclude-operation-id={each}" for each in (*ENDS, SIGNS_OUT)],
    "a member who ends it": [f"--include-operation-id={each}" for each in ENDS],
    "a member who signs out": [f"--include-operation-id={SIGNS_OUT}"],
}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
CHOICES = (
    *("--phases", "examples,coverage,fuzzing", "--max-examples", "4", "--no-shrink", "--checks", ",".join(CHECKS)),
    # Who may call is test_rights.py's; here somebody calls whose cookies stay as they are.
    *("--generation-with-security-parameters", "false"),
    *("--generation-database", "none", "--warnings", "off", "--suppress-health-check", "all"),
)

# A stream goes on: its first event says enough. What is wrong and too much is refused for being too much.
SETTINGS = """
max-stream-events = 1

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, 503]
"""


def strict(document: Any) -> Any:
    """The same, with no field in any answer that is not written down."""
    match document:
        case dict():
            whole = {key: strict(value) for key, value in document.items()}
            if whole.get("type") == "object" and "properties" in whole:
                whole.setdefault("additionalProperties", False)
            return whole
        case list():
            return [strict(each) for each in document]
    return document


async def random_calls(door: FrontDoor, browser: Browser, folder: Path, *chosen: str) -> str:
    """Call at random, by the document, with ids that there are and others. Returns what went wrong, if anything."""
    owner = await door.signed_in("Olga")
    entry = await door.walk_in(owner)
    _, knock = await door.knock()
    _, admitted, _ = await door.let_in(owner)
    known = {"links": [door.slug], "knocks": [knock["id"], admitted["id"]], "meetings": [entry["meeting"]]}
    document = strict((await browser.get("/openapi.json")).body)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = {"enum": [*known[path.split("/")[3]], "nobody-knows-it"]}
    written = folder / "openapi.json"
    written.write_text(json.dumps(document))
    (folder / "schemathesis.toml").write_text(SETTINGS)
    cookies = "; ".join(f"{one.key}={one.value}" for one in browser.session.cookie_jar)
    calling = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", str(written), "--url", str(door.server.make_url("/")).rstrip("/"), *CHOICES),
        *(("--header", f"Cookie: {cookies}") if cookies else ()),
        *chosen,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await calling.communicate()
    return said.decode() if calling.returncode else ""


@pytest.mark.parametrize("who", RUNS)
async def test_random_calls_get_only_answers_that_are_written_down(door: FrontDoor, tmp_path: Path, who: str) -> None:
    browser = door.browser() if who == "nobody" else await door.signed_in("Olga")
    wrong = await random_calls(door, browser, tmp_path, *RUNS[who])
    assert not wrong, wrong
