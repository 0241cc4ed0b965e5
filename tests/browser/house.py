"""A workspace of a test's own with its owner, and guests who ask at the owner's door without a browser."""

from __future__ import annotations

import json
import secrets
import urllib.request
from typing import Any

from admission import waiting_room
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Role
from admission.store.repository import Repository
from admission.visitor import Credentials
from tests.browser.server import Vestibule, now


class Guest:
    """Somebody at the door whose page is not what is tested: plain calls with a ticket."""

    def __init__(self, server: Vestibule, slug: str) -> None:
        self._server = server
        self._slug = slug
        self.cookie = ""
        self.id = ""

    def ask(self, name: str, message: str | None = None) -> Guest:
        body = {"name": name} if message is None else {"name": name, "message": message}
        self.id = self._call("POST", f"/api/v1/links/{self._slug}/entry", body)["knock"]["id"]
        return self

    def withdraw(self) -> None:
        self._call("DELETE", f"/api/v1/knocks/{self.id}")

    def entry(self) -> dict[str, Any]:
        """What lets the guest connect, once the owner has let them in."""
        found: dict[str, Any] = self._call("POST", f"/api/v1/knocks/{self.id}/entry")["entry"]
        return found

    @property
    def knock(self) -> dict[str, Any]:
        """How the knock stands, as the guest sees it."""
        found: dict[str, Any] = self._call("GET", f"/api/v1/links/{self._slug}")["knock"]
        return found

    def _call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(f"{self._server.url}{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self.cookie:
            request.add_header("Cookie", self.cookie)
        with urllib.request.urlopen(request, timeout=10) as answer:
            if set_cookie := answer.headers["Set-Cookie"]:
                self.cookie = set_cookie.split(";")[0]
            text = answer.read()
        return json.loads(text) if text else None


class House:
    """One workspace. Its owner is Olga Owner, her colleague is Colin Reyes."""

    def __init__(self, server: Vestibule, number: int, choices: WorkspaceChoices | None = None) -> None:
        self.server = server
        self.workspace = f"House {number}"
        self._number = number
        server.add_workspace(self.workspace, choices)
        self.owner = self.add("olga", "Olga Owner")
        self.colleague = self.add("colin", "Colin Reyes")

    def add(self, who: str, name: str, role: Role = Role.MEMBER) -> Entry:
        return self.server.add(f"{who}@{self._number}.example", self.workspace, name, role)

    def sign_in(self, who: Entry) -> str:
        """What belongs into the cookie `session`."""
        return self.server.session(who.account.email)

    @property
    def slug(self) -> str:
        assert self.owner.link is not None
        return self.owner.link.slug

    def crowd(self, number: int) -> None:
        """So many ask at once, and none of them has a page."""

        def all_ask(repository: Repository) -> None:
            for turn in range(number):
                visitor = Credentials(None, secrets.token_urlsafe(32))
                waiting_room.enter(repository, self.slug, visitor, f"Visitor {turn}", None, now())

        self.server.run(all_ask)

    def guest(self, name: str, message: str | None = None) -> Guest:
        """Somebody asks at the owner's door."""
        return Guest(self.server, self.slug).ask(name, message)
