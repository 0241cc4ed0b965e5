"""The Caddyfile in a real Caddy before the real server and LiveKit: what is reachable from outside, and how."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import jwt
import pytest

from admission.accounts import WorkspaceChoices
from tests.browser.house import Guest, House
from tests.browser.server import Vestibule
from tests.caddy_server import CaddyServer

UNLIMITED = {"VESTIBULE_KNOCKS_PER_MINUTE": "0", "VESTIBULE_SIGN_IN_FAILURES_PER_MINUTE": "0"}


class Outside:
    """Somebody outside, with a line to Caddy and cookies of their own."""

    def __init__(self, caddy: CaddyServer, cookie: str = "") -> None:
        self._caddy = caddy
        self.cookie = cookie

    def line(self) -> http.client.HTTPConnection:
        address = urlsplit(self._caddy.url)
        assert address.hostname
        if address.scheme == "https":
            context = ssl._create_unverified_context()  # nobody was asked to trust Caddy's own
            return http.client.HTTPSConnection(address.hostname, self._caddy.port, timeout=30, context=context)
        return http.client.HTTPConnection(address.hostname, self._caddy.port, timeout=30)

    def asks(self, target: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
        """Status, text and headers of the answer. The target is sent as it stands."""
        line = self.line()
        line.putrequest(method, target, skip_accept_encoding=True)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            line.putheader(name.replace("_", "-"), value)
        line.endheaders(body)
        answer = line.getresponse()
        found = (answer.status, answer.read().decode(), answer.headers)
        line.close()
        return found

    def status(self, target: str, method: str = "GET", **headers: str) -> int:
        return self.asks(target, method, None, **headers)[0]

    def call(self, method: str, target: str, body: object = None) -> Any:
        """A call as a page makes it."""
        sent = b"" if body is None else json.dumps(body).encode()
        status, text, _ = self.asks(target, method, sent, Content_Type="application/json", Sec_Fetch_Site="same-origin")
        assert status < 300, (status, text)
        return json.loads(text) if text else None


class Entered:
    """Somebody who may connect: where their cookies are, and their entry."""

    def __init__(self, outside: Outside, entry: dict[str, Any]) -> None:
        self.outside, self.entry = outside, entry
        self.token: str = entry["token"]

    def tries(self, path: str = "/rtc/validate", **headers: str) -> int:
        """What LiveKit's signal path says to this token."""
        return self.outside.status(f"{path}?access_token={self.token}", **headers)


class Served:
    def __init__(self, folder: Path, *, https: bool = False) -> None:
        self.caddy = CaddyServer(folder, https=https)
        own = {"VESTIBULE_PUBLIC_URL": self.caddy.url, "LIVEKIT_PUBLIC_URL": self.caddy.url}
        self.server = Vestibule(folder, **UNLIMITED, **own, VESTIBULE_TRUSTED_PROXIES="127.0.0.1")
        self.server.start()
        self.caddy.start(self.server.port, self.server.livekit.url)
        self.house = House(self.server, 1, WorkspaceChoices())
        self.owner = Outside(self.caddy, f"session={self.house.sign_in(self.house.owner)}")

    def stop(self) -> None:
        self.caddy.stop()
        self.server.stop()

    def walks_in(self) -> Entered:
        """The owner."""
        link = f"/api/v1/links/{self.house.slug}/entry"
        return Entered(self.owner, self.owner.call("POST", link, {})["entry"])

    def lets_in(self, name: str = "Nora") -> tuple[Entered, Guest]:
        guest = self.house.guest(name)
        self.owner.call("POST", f"/api/v1/knocks/{guest.id}/decision", {"decision": "admit"})
        entry = guest.entry()
        return Entered(Outside(self.caddy, guest.cookie), entry), guest


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    one = Served(tmp_path_factory.mktemp("caddy"))
    yield one
    one.stop()


@pytest.fixture
def anybody(served: Served) -> Outside:
    return Outside(served.caddy)


# -- what is not reachable --

PRIVATE = [
    "/livekit/authorize",
    "/livekit/authorize/",
    "/livekit/authorize?access_token=x",
    "/LIVEKIT/Authorize",
    "/%6civekit/authorize",
    "/livekit%2Fauthorize",
    "//livekit/authorize",
    "/livekit//authorize",
    "/livekit/./authorize",
    "/m/../livekit/authorize",
    "/m/%2e%2e/livekit/authorize",
    "/rtc/../livekit/authorize",
    "http://127.0.0.1/livekit/authorize",
    "/metrics",
    "/metrics/",
    "/metrics?x",
    "/Metrics",
    "/%6detrics",
    "//metrics",
    "/./metrics",
    "/m/../metrics",
    "/rtc/../metrics",
    "http://127.0.0.1/metrics",
]


@pytest.mark.parametrize("target", PRIVATE)
def test_what_is_for_this_machine_only_is_not_found_from_outside(served: Served, target: str) -> None:
    mine = served.walks_in()
    # Written any way, and with all that would let a connection pass.
    uri = f"/rtc/validate?access_token={mine.token}"
    for method in ("GET", "HEAD", "POST"):
        assert served.owner.status(target, method, X_Forwarded_Uri=uri) in (400, 404, 405), method
    assert served.owner.status(target, X_Forwarded_Uri=uri) in (400, 404)


LIVEKITS = [
    "/twirp/livekit.RoomService/ListRooms",
    "/twirp/livekit.RoomService/CreateRoom",
    "/rtc/../twirp/livekit.RoomService/ListRooms",
    "/rtc/%2e%2e/twirp/livekit.RoomService/ListRooms",
    "/agent",
    "/whip/v1",
    "/debug/rooms",
    "/debug/pprof/",
]


@pytest.mark.parametrize("target", LIVEKITS)
def test_livekits_other_paths_are_not_reachable_not_even_with_its_key(served: Served, target: str) -> None:
    livekit = served.server.livekit
    claims = {"iss": livekit.key, "exp": 4102444800, "video": {"roomList": True, "roomCreate": True, "agent": True}}
    bearer = f"Bearer {jwt.encode(claims, livekit.secret, algorithm='HS256')}"
    for method in ("GET", "POST"):
        status, _, headers = Outside(served.caddy).asks(target, method, b"{}", Authorization=bearer)
        # The server's own page for what is not there.
        assert status in (404, 405)
        assert headers["Content-Security-Policy"]


def test_livekit_answers_no_other_request_on_its_signal_paths(served: Served) -> None:
    mine = served.walks_in()
    for path in ("/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate"):
        # A body could hold another token than the one that was asked about.
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
            assert mine.outside.status(f"{path}?access_token={mine.token}", method) == 401
    for path in ("/rtc/", "/rtc/v2", "/rtc/v1/", "/rtc/v1/validate/x", "/rtcx"):
        assert mine.tries(path) == 401, "never 404"


# -- who may connect --


def test_no_path_to_livekit_lets_anyone_in_without_a_live_entry(served: Served, anybody: Outside) -> None:
    paths = ("/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate")
    for path in paths:
        for query in ("", "?access_token=", "?access_token=abc", "?access_token=a.b.c"):
            status, text, headers = anybody.asks(path + query)
            assert (status, text) == (401, "")
            assert anybody.status(path + query, "CONNECT") == 401
            assert headers["Access-Control-Allow-Origin"] == served.caddy.url
    mine = served.walks_in()
    nora, guest = served.lets_in()
    assert [mine.tries(), nora.tries()] == [200, 200]
    # A live token from another browser, and with somebody else's cookies.
    assert Entered(anybody, mine.entry).tries() == Entered(anybody, nora.entry).tries() == 401
    assert Entered(nora.outside, mine.entry).tries() == Entered(mine.outside, nora.entry).tries() == 401

    guest.withdraw()
    for path in paths:
        assert nora.tries(path) == 401
    max_, _ = served.lets_in("Max")
    remove = f"/api/v1/meetings/{max_.entry['meeting']}/remove"
    served.owner.call("POST", remove, {"who": max_.entry["identity"]})
    assert max_.tries() == 401
    served.owner.call("POST", f"/api/v1/meetings/{mine.entry['meeting']}/end")
    assert mine.tries() == 401


def test_what_the_proxy_says_of_a_request_cannot_be_said_by_the_request(served: Served) -> None:
    mine = served.walks_in()
    good = f"/rtc/validate?access_token={mine.token}"
    assert mine.outside.status("/rtc/validate?access_token=abc", X_Forwarded_Uri=good) == 401
    assert mine.outside.status("/rtc/validate", X_Forwarded_Uri=good, X_Forwarded_Method="GET") == 401
    # LiveKit would take the one in the header, or the first, or the last.
    assert mine.outside.status(good, Authorization="Bearer abc") == 401
    assert mine.outside.status(f"{good}&access_token=abc") == 401
    assert mine.outside.status("/rtc/validate", Authorization=f"Bearer {mine.token}") == 200


# -- how it is passed on --


class Echo:
    """Stands in for the server, or for LiveKit, to see what reaches it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Message]] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                echo.heard.append((self.path, self.headers))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = cast("tuple[str, int]", self._server.server_address)[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_what_reaches_the_server_and_livekit(tmp_path: Path) -> None:
    server, livekit = Echo(), Echo()
    caddy = CaddyServer(tmp_path)
    caddy.start(server.port, f"http://127.0.0.1:{livekit.port}")
    try:
        forged = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
        outside = Outside(caddy, "ticket=abc; session=def")
        assert outside.status("/people", **forged) == 200
        path, headers = server.heard[-1]
        assert path == "/people"
        assert headers["X-Forwarded-For"] == "127.0.0.1"
        assert headers["X-Forwarded-Proto"] == "http"
        assert headers["X-Forwarded-Host"] == f"127.0.0.1:{caddy.port}"
        assert headers["Cookie"] == "ticket=abc; session=def"

        assert outside.status("/rtc/v1?access_token=a.b.c&join_request=d", **forged) == 200
        path, headers = server.heard[-1]
        assert path == "/livekit/authorize"
        assert headers.get_all("X-Forwarded-Uri") == ["/rtc/v1?access_token=a.b.c&join_request=d"]
        assert headers["Cookie"] == "ticket=abc; session=def"
        path, headers = livekit.heard[-1]
        assert path == "/rtc/v1?access_token=a.b.c&join_request=d"
        assert headers["Cookie"] is None, "tickets and sessions are none of LiveKit's business"
    finally:
        caddy.stop()
        server.stop()
        livekit.stop()


def test_streams_come_through_as_they_are_written_and_end_when_their_page_is_gone(served: Served) -> None:
    guest = served.house.guest("Streams")
    waiting, bell = Outside(served.caddy, guest.cookie).line(), served.owner.line()
    bell.request("GET", "/api/v1/doorbell/events", headers={"Cookie": served.owner.cookie})
    at_owners = bell.getresponse()
    assert next_event(at_owners)[0] == "snapshot"
    waiting.request("GET", f"/api/v1/knocks/{guest.id}/events", headers={"Cookie": guest.cookie})
    at_guests = waiting.getresponse()
    assert at_guests.headers["Content-Type"].startswith("text/event-stream")
    assert next_event(at_guests)[1]["reach"] == "ringing"
    # Its page is closed; nobody is reached any more, which the server tells at once.
    assert bell.sock is not None
    at_owners.close()
    bell.sock.shutdown(socket.SHUT_RDWR)
    bell.close()
    assert next_event(at_guests)[1]["reach"] == "nobody"
    guest.withdraw()
    assert next_event(at_guests)[1]["state"] == "withdrawn"
    assert at_guests.read().strip() == b""
    waiting.close()


def next_event(stream: http.client.HTTPResponse) -> tuple[str, Any]:
    name = ""
    while line := stream.readline().decode().rstrip("\r\n") or "-":
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))
    raise AssertionError


def test_who_sends_a_request_too_slowly_is_cut_off(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.caddy.port), timeout=60) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert slow.recv(1000) == b""


def test_who_sends_too_long_a_head_is_cut_off(anybody: Outside) -> None:
    assert anybody.status("/", X_Long="x" * 100_000) == 431


# -- TLS, logs --


def test_over_https_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    one = Served(tmp_path, https=True)
    try:
        status, _, headers = Outside(one.caddy).asks(f"/m/{one.house.slug}")
        assert status == 200
        name, _, attributes = headers["Set-Cookie"].partition("=")
        assert name == "__Host-ticket"
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes.split("; "))
        assert headers["Strict-Transport-Security"]
    finally:
        one.stop()


def test_no_log_holds_a_token_a_ticket_a_session_or_a_link(tmp_path: Path) -> None:
    one = Served(tmp_path)
    try:
        mine = one.walks_in()
        nora, guest = one.lets_in()
        assert [mine.tries(), nora.tries(), mine.tries("/rtc"), nora.tries("/rtc/v1")] == [200, 200, 404, 404]
        page = f"/m/{one.house.slug}"
        bearer = {"Authorization": f"Bearer {mine.token}", "Referer": one.caddy.url + page}
        assert mine.outside.status(page, **bearer) == 200
        assert mine.outside.status("/rtc/validate", **bearer) == 200
        guest.withdraw()
        assert nora.tries() == 401
        one.server.livekit.kill()
        assert mine.tries() == 502
        one.server.stop_serving()
        assert mine.outside.status(page, **bearer) == 502
        assert nora.tries() == 502
        # Both of its writers were heard: of requests, and of errors.
        logged = one.caddy.log.read_text()
        assert "http.log.access" in logged
        assert "http.log.error" in logged
        secrets = {mine.token, nora.token, mine.token[-43:], nora.token[-43:], one.house.slug, "access_token"}
        secrets |= {cookie.partition("=")[2] for cookie in f"{one.owner.cookie}; {guest.cookie}".split("; ")}
        logged += one.server.log.read_text()
        assert [secret for secret in secrets if secret in logged] == []
    finally:
        one.stop()
