"""What is written down of the calls is what is served: every route, and every answer that a random caller gets."""

import inspect

import schemathesis

from signal_server.pages import NOT_PAGES
from tests.signal_server.front_door import FrontDoor

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
