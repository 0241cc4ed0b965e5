"""A LiveKit server on this machine: where its program is, and livekit.yaml fitted to the ports in use."""

import os
import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "livekit.yaml"


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
