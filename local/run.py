"""`make run`: LiveKit, the server and its observer on this machine, started together and ended by one Ctrl-C."""

import contextlib
import errno
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from dotenv import dotenv_values
from honcho.manager import Manager
from honcho.printer import Printer
from yarl import URL

from local import livekit
from signal_server.config import Settings, WrongSettings, read

ENV_FILE = livekit.ROOT / ".env"
# The last two for its container, where a machine has that and no program.
NEEDED_BY_LIVEKIT = ("PATH", "HOME", "DOCKER_", "XDG_RUNTIME_DIR")
LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Port:
    """A port that something of ours is about to listen on, and how to choose another."""

    number: int
    host: str
    kind: socket.SocketKind
    what: str
    setting: str


def main() -> int:
    os.chdir(livekit.ROOT)
    if make_keys():
        say("Made keys for LiveKit at random, into .env, which only you can read")
    try:
        settings = read(Settings)
    except WrongSettings as wrong:
        print("\n".join(wrong.lines), file=sys.stderr)
        return 2
    chosen = {**dotenv_values(ENV_FILE), **os.environ}
    ports = ports_of(settings, chosen)
    if occupied := taken(ports):
        for port in occupied:
            print(f"Port {port.number} is taken ({port.what}). Choose another: {port.setting}", file=sys.stderr)
        return 1
    sign_ins = settings.database_path.with_suffix(".demo.json")
    demo = subprocess.run([sys.executable, "-m", "signal_server", "demo", "--keep", str(sign_ins)], check=False)
    if demo.returncode:
        return demo.returncode
    runner = Runner(printer=Printer(Terminal(sys.stdout)))
    if livekit_is_ours(settings):
        runner.add_process("livekit", this_python("local.livekit"), env=livekit_variables(settings, ports))
    else:
        say(f"LiveKit is not on this machine ({settings.livekit_url}): none is started here")
    runner.add_process("vestibule", this_python("signal_server", "serve"))
    runner.add_process("observer", this_python("signal_server", "observe"))
    threading.Thread(target=announce, args=(settings,), daemon=True).start()
    return runner.run()


def make_keys(environ: Mapping[str, str] = os.environ) -> bool:
    """Give LiveKit's settings a value where nobody has. Returns whether a secret was among them."""
    given = {**dotenv_values(ENV_FILE), **environ}
    made = {
        "LIVEKIT_URL": "http://127.0.0.1:7880",
        "LIVEKIT_API_KEY": f"vestibule-{secrets.token_hex(4)}",
        "LIVEKIT_API_SECRET": secrets.token_urlsafe(36),
    }
    missing = {name: value for name, value in made.items() if not given.get(name)}
    if missing:
        # Never readable by others, not even for the moment before a chmod.
        descriptor = os.open(ENV_FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "r+", encoding="utf-8") as file:
            before = file.read()
            if before and not before.endswith("\n"):
                file.write("\n")
            file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return "LIVEKIT_API_SECRET" in missing


def livekit_is_ours(settings: Settings) -> bool:
    """Whether the LiveKit that the settings name is one for us to start."""
    return URL(settings.livekit_url).host in LOOPBACK


def ports_of(settings: Settings, chosen: Mapping[str, str | None]) -> list[Port]:
    """Every port that `make run` listens on; LiveKit's come last, in the order signal, TCP, UDP."""
    ports = [
        Port(
            settings.port,
            settings.host,
            socket.SOCK_STREAM,
            "Vestibule's pages",
            "VESTIBULE_PORT=8081 in .env",
        )
    ]
    if livekit_is_ours(settings):
        signalling = URL(settings.livekit_url).port or 80
        tcp = int(chosen.get("LIVEKIT_RTC_TCP_PORT") or 7881)
        udp = int(chosen.get("LIVEKIT_RTC_UDP_PORT") or 7882)
        stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
        ports += [
            Port(signalling, "127.0.0.1", stream, "LiveKit", "LIVEKIT_URL=http://127.0.0.1:7890 in .env"),
            Port(tcp, "", stream, "LiveKit's media over TCP", "LIVEKIT_RTC_TCP_PORT=7891 in .env"),
            Port(udp, "127.0.0.1", datagram, "LiveKit's media over UDP", "LIVEKIT_RTC_UDP_PORT=7892 in .env"),
        ]
    return ports


def taken(ports: list[Port]) -> list[Port]:
    """Those that another program, or an earlier one of the list, holds."""
    occupied = []
    with contextlib.ExitStack() as held:
        for port in ports:
            probe = held.enter_context(socket.socket(socket.AF_INET, port.kind))
            if port.kind is socket.SOCK_STREAM:
                # As the servers do: a port whose last connections are still fading is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((port.host, port.number))
                if port.kind is socket.SOCK_STREAM:
                    probe.listen()
            except OSError as refused:
                if refused.errno in (errno.EADDRINUSE, errno.EACCES):
                    occupied.append(port)
    return occupied


def livekit_variables(settings: Settings, ports: list[Port]) -> dict[str, str]:
    """What LiveKit is started with: of our own environment no more than it needs."""
    signalling, tcp, udp = (port.number for port in ports[-3:])
    return {
        **{name: value for name, value in os.environ.items() if name.startswith(NEEDED_BY_LIVEKIT)},
        **livekit.environment(
            key=settings.livekit_api_key,
            secret=settings.livekit_api_secret.get_secret_value(),
            configuration=livekit.configuration(
                port=signalling,
                tcp_port=tcp,
                udp_port=udp,
                webhook_url=f"{here(settings)}/livekit/webhook",
            ),
        ),
    }


def here(settings: Settings) -> str:
    """The server's address as seen from this machine."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return str(URL.build(scheme="http", host=host, port=settings.port).origin())


def announce(settings: Settings) -> None:
    """Say where to go, as soon as there is something to see."""
    while not (answers(f"{here(settings)}/readyz") and answers(settings.livekit_url)):
        time.sleep(0.1)
    print(f"Open {settings.public_url}", flush=True)


def answers(url: str) -> bool:
    """Whether something serves this address now, without an error."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def this_python(module: str, *words: str) -> str:
    """The shell's words for a module of this checkout; `exec`, so that no shell stands between."""
    return "exec " + shlex.join([sys.executable, "-u", "-m", module, *words])


def say(sentence: str) -> None:
    print(f"· {sentence}", flush=True)


class Terminal:
    """The output of `make run`. A window that was closed must not keep the processes from being ended."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


class Runner(Manager):  # type: ignore[misc]  # honcho publishes no types
    """Honcho, ending cleanly at any moment and however it is asked."""

    def run(self) -> int:
        """Start everything; return 0 when it was ended by a signal, else what the first to stop returned."""
        # A closed terminal asks by SIGHUP, which honcho leaves to the default: dying without its processes.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        self.loop()
        asked = (128 + signal.SIGINT, 128 + signal.SIGTERM)
        return 0 if self.returncode in asked else abs(int(self.returncode or 1))

    def terminate(self) -> None:
        """End all. Honcho knows no pid before a process has reported it: asked earlier, it is asked again."""
        if self._all_started():
            super().terminate()
        else:
            again = threading.Timer(0.05, self.terminate)
            again.daemon = True  # honcho's own children inherit this handler and must not wait for it
            again.start()


if __name__ == "__main__":
    sys.exit(main())
