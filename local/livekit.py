"""A LiveKit server on this machine: its program or container, and livekit.yaml fitted to the ports in use."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "livekit.yaml"
IMAGE = "livekit/livekit-server:v1.13.5"


def program() -> Path | None:
    """The LiveKit server that `make tools` built, else the one on PATH, else None."""
    built = ROOT / ".tools" / "bin" / "livekit-server"
    if os.access(built, os.X_OK):
        return built
    found = shutil.which("livekit-server")
    return Path(found) if found else None


def configuration(*, port: int, tcp_port: int, udp_port: int, webhook_url: str | None) -> str:
    """Return the shipped livekit.yaml with these ports and this webhook, as YAML.

    `webhook_url` None means that nobody listens.
    """
    settings = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    settings["port"] = port
    settings["rtc"]["tcp_port"] = tcp_port
    settings["rtc"]["udp_port"] = udp_port
    settings["rtc"]["stun_servers"] = [f"127.0.0.1:{udp_port}"]
    settings["webhook"]["urls"] = [webhook_url] if webhook_url else []
    text: str = yaml.safe_dump(settings, sort_keys=False)
    return text


def environment(*, key: str, secret: str, configuration: str) -> dict[str, str]:
    """The variables that LiveKit reads. A command line would show the secret to everybody on the machine."""
    return {
        "LIVEKIT_KEYS": f"{key}: {secret}",
        "LIVEKIT_WEBHOOK_API_KEY": key,
        "LIVEKIT_CONFIG": configuration,
    }


def main() -> int:
    """Run LiveKit with the variables of `environment`, and end it at once on SIGTERM.

    Left alone, LiveKit waits for minutes until everybody has left its meetings.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    found = program()
    name = f"vestibule-livekit-{os.getpid()}"
    process = subprocess.Popen([str(found)] if found else container(name))
    try:
        try:
            return process.wait()
        finally:
            # Asked when it ends by itself, as both are where a whole group is asked: what follows is done to its end.
            for asked in (signal.SIGTERM, signal.SIGINT):
                signal.signal(asked, signal.SIG_IGN)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.3)
        if found is None:
            # The container outlives the command that started it, also where both were asked to end at once.
            subprocess.run(["docker", "kill", name], check=False, capture_output=True)
        process.kill()
        process.wait()


def container(name: str) -> list[str]:
    """The command that runs LiveKit from its image, in this machine's own network: same ports, same addresses."""
    variables = ("LIVEKIT_KEYS", "LIVEKIT_WEBHOOK_API_KEY", "LIVEKIT_CONFIG")
    passed_on = [word for variable in variables for word in ("--env", variable)]
    return ["docker", "run", "--rm", "--name", name, "--network", "host", *passed_on, IMAGE]


if __name__ == "__main__":
    sys.exit(main())
