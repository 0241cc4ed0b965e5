"""What a guest's first picture costs: from *Accept* to it, beside a bare livekit-client page with a ready token.

Both pages stand ready before the clock starts: code loaded, camera and microphone open, LiveKit's address prepared.
Then our guest is accepted, and the bare page is told to connect with an entry that it already has; both send what
they have open, and the clock stops at the first picture of somebody else. They take turns, so that whatever else the
machine does is done to both.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.camera import a_camera
from benchmarks.figures import Figure, Size
from benchmarks.lines import percentile
from benchmarks.people import Member, add_members
from benchmarks.place import ROOT, Place
from tests.browser.people import CHROMIUM, FLAGS

LIVEKIT_CLIENT = ROOT / "node_modules/livekit-client/dist/livekit-client.esm.mjs"
BARE_PAGE = ROOT / "benchmarks/bare.html"

WARMING_UP = 2
"""Turns that are not counted."""
STANDS_READY = 1.5
"""Seconds that a page gets to come to rest, as it does while somebody waits."""
SEATS = 200

# Notes when the first picture that came over the network was shown, in milliseconds of the machine's clock.
FIRST_PICTURE = """
const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
window.firstPicture = new Promise((seen) => {
  const look = (element) => element.requestVideoFrameCallback((_now, { rtpTimestamp, presentationTime }) => {
    if (rtpTimestamp === undefined) return;
    if (element.checkVisibility({ visibilityProperty: true })) seen(performance.timeOrigin + presentationTime);
    else look(element);
  });
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      if (this instanceof HTMLVideoElement && stream !== null) look(this);
    },
  });
});
"""


class BarePage(http.server.BaseHTTPRequestHandler):
    """Serves the page, and livekit-client."""

    def do_GET(self) -> None:
        files = {"/": (BARE_PAGE, "text/html"), "/livekit-client.mjs": (LIVEKIT_CLIENT, "text/javascript")}
        if self.path not in files:
            self.send_error(404)
            return
        file, kind = files[self.path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(file.read_bytes())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody reads it."""


@contextlib.contextmanager
def bare_page() -> Iterator[str]:
    """The address of the bare page."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), BarePage) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            serving.join()


class Door:
    """The owner's door, and who comes to it."""

    def __init__(self, address: str, owner: Member, browser: Browser, bare: str) -> None:
        self._address = address
        self._owner = owner
        self._browser = browser
        self._bare = bare

    def owners_entry(self) -> dict[str, Any]:
        found: dict[str, Any] = self._asks_as_owner(f"/api/v1/links/{self._owner.slug}/entry", {})["entry"]
        return found

    def ours(self) -> float:
        """Milliseconds from *Accept* to the first picture on the guest's page."""
        with self._guest() as (context, page):
            page.goto(f"{self._address}/m/{self._owner.slug}")
            page.get_by_label("Your name").fill("Nora Dahl")
            page.get_by_role("button", name="Ask to join").click()
            page.get_by_role("button", name="Cancel").wait_for()
            knock = context.request.get(f"{self._address}/api/v1/links/{self._owner.slug}").json()["knock"]["id"]
            page.evaluate("customElements.whenDefined('meeting-stage').then(() => undefined)")
            page.locator("door-preview video").wait_for()
            page.wait_for_timeout(STANDS_READY * 1000)
            begun = time.time()
            self._accept(knock)
            return self._seen(page) - begun * 1000

    def bare(self) -> float:
        """Milliseconds from `connect` to the first picture on the bare page."""
        with self._guest() as (context, page):
            entry = self._ready_entry(context)
            page.goto(self._bare)
            page.evaluate("(url) => window.prepare(url)", entry["livekit_url"])
            page.wait_for_timeout(STANDS_READY * 1000)
            begun: float = page.evaluate(
                "(entry) => { const begun = performance.timeOrigin + performance.now(); enter(entry); return begun; }",
                entry,
            )
            return self._seen(page) - begun

    @contextlib.contextmanager
    def _guest(self) -> Iterator[tuple[BrowserContext, Page]]:
        """A browser of one's own with one page, closed afterwards: nobody stays, the load stays the same."""
        context = self._browser.new_context(permissions=["camera", "microphone"], locale="en-GB")
        context.add_init_script(FIRST_PICTURE)
        page = context.new_page()
        try:
            yield context, page
            page.goto("about:blank")  # as somebody who goes: LiveKit knows at once
        finally:
            context.close()

    def _ready_entry(self, context: BrowserContext) -> dict[str, Any]:
        path = f"{self._address}/api/v1"
        asked = context.request.post(f"{path}/links/{self._owner.slug}/entry", data={"name": "Nora Dahl"}).json()
        self._accept(asked["knock"]["id"])
        found: dict[str, Any] = context.request.post(f"{path}/knocks/{asked['knock']['id']}/entry").json()["entry"]
        return found

    def _accept(self, knock: str) -> None:
        self._asks_as_owner(f"/api/v1/knocks/{knock}/decision", {"decision": "admit"})

    def _asks_as_owner(self, path: str, body: object) -> Any:
        request = urllib.request.Request(f"{self._address}{path}", json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        request.add_header("Cookie", self._owner.cookie)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def _seen(self, page: Page) -> float:
        at: float = page.evaluate("window.firstPicture")
        return at


def first_frame(place: Place, size: Size) -> list[Figure]:
    """Guests come one after the other, in turns with the bare page."""
    ours: list[float] = []
    bare: list[float] = []
    with place.new_database(), place.vestibule() as server, bare_page() as page, sync_playwright() as playwright:
        [owner] = place.run(lambda repository: add_members(repository, "Workspace", 1, SEATS))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        door = Door(f"http://127.0.0.1:{server.port}", owner, browser, page)
        with a_camera(door.owners_entry()):
            for turn in range(WARMING_UP + size.first_frames):
                mine, other = door.ours(), door.bare()
                if turn >= WARMING_UP:
                    ours.append(mine)
                    bare.append(other)
        browser.close()
    return [
        Figure(
            "first-frame",
            "a guest's first picture after *Accept*, half of them",
            percentile(ours, 50),
            "ms",
            reference=percentile(bare, 50),
            most_ratio=1.2,
        ),
        Figure(
            "first-frame-p90",
            "a guest's first picture after *Accept*, 90 of 100",
            percentile(ours, 90),
            "ms",
            reference=percentile(bare, 90),
        ),
    ]
