"""Firefox, driven by what is built into it: Marionette, JSON over a socket. Debian ships no driver beside it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")

PREFERENCES: dict[str, object] = {
    "marionette.port": 0,  # any free one: it is written into the profile
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "intl.accept_languages": "en-GB, en",
}

# Through all shadow roots: what is shown, and the first element that fits.
PIERCE = """
// The stage is drawn before it is seen, behind the door.
const seen = (element) => element.checkVisibility?.({visibilityProperty: true, opacityProperty: true}) ?? true;
const under = (root) => [...root.querySelectorAll("*")]
  .flatMap((element) => [element, ...(element.shadowRoot ? under(element.shadowRoot) : [])]);
const all = (css) => under(document).filter((element) => element.matches(css) && seen(element));
const words = (node) => [...(node.shadowRoot ?? node).childNodes].map(word).join(" ");
const word = (node) => {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1 || /^(STYLE|SCRIPT|NOSCRIPT)$/.test(node.tagName)) return "";
  // A slot has no box of its own, and what is only heard is not seen.
  if (node.tagName === "SLOT") return node.assignedNodes().map(word).join(" ");
  return seen(node) && !node.matches(".heard") ? words(node) : "";
};
const text = (node) => words(node).replace(/\\s+/g, " ").trim();
"""


class Firefox:
    """One window without a head. `close` ends it."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None
        self._profile = folder / "profile"
        self._profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (self._profile / "user.js").write_text("\n".join(lines))
        self._log = (folder / "firefox.log").open("wb")
        self._process = subprocess.Popen(
            [PROGRAM, "--headless", "--marionette", "--no-remote", "--profile", str(self._profile), "about:blank"],
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        self._socket = self._connect()
        self._buffer = b""
        self._calls = 0
        self._read()  # it introduces itself
        self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "accept"}}})

    def _connect(self) -> socket.socket:
        port = self._profile / "MarionetteActivePort"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if port.exists() and (text := port.read_text().strip()):
                return socket.create_connection(("127.0.0.1", int(text)), timeout=60)
            time.sleep(0.1)
        self._process.kill()
        raise RuntimeError("Firefox does not start")

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._receive()
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._receive()
        self._buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def _receive(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise RuntimeError("Firefox has gone")
        return data

    def call(self, command: str, parameters: dict[str, Any] | None = None) -> Any:
        """A command of WebDriver's. Raises RuntimeError with what Firefox says against it."""
        self._calls += 1
        message = json.dumps([0, self._calls, command, parameters or {}]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _id, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result

    def opens(self, address: str) -> None:
        self.call("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page. `all(css)` finds what is shown, `text(node)` reads it, shadow roots and all."""
        asked = {"script": PIERCE + script, "args": list(arguments), "sandbox": None, "newSandbox": False}
        return self.call("WebDriver:ExecuteScript", asked)["value"]

    def until(self, script: str, *arguments: Any, seconds: float = 20) -> Any:
        """Wait until the script returns something true. Raises AssertionError with what the page says instead."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := self.run(script, *arguments):
                return value
            time.sleep(0.1)
        raise AssertionError(f"never: {script} {arguments}; the page says: {self.run('return text(document.body)')}")

    # what a person does

    def sees(self, words: str) -> None:
        self.until("return text(document.body).includes(arguments[0])", words)

    def types(self, field: str, words: str) -> None:
        self.until(
            """const [field] = all(arguments[0]);
            if (!field) return false;
            field.focus(); field.value = arguments[1];
            field.dispatchEvent(new InputEvent("input", {bubbles: true, composed: true}));
            return true;""",
            field,
            words,
        )

    def presses(self, label: str) -> None:
        self.until(
            """const named = (button) => [button.getAttribute("aria-label"), text(button)].includes(arguments[0]);
            const button = all("button").find((one) => named(one) && !one.disabled);
            button?.click();
            return button !== undefined;""",
            label,
        )

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
