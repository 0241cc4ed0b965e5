"""Somebody in a meeting whose page is not ours: sends whatever they are told to, as LiveKit's own SDK does.

As a program it reads who it is, one JSON line `{"url", "token", "api"}`, says `in`, then sends what each further line
says: `{"payload", "topic", "times"}`, past the meeting with `"server": true`, and says `sent`. In a process of its
own, because LiveKit's SDK must not share one with anything that cancels.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.browser.server import ROOT, Vestibule


class Sender:
    def __init__(self, server: Vestibule, entry: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.sender"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        livekit = server.livekit
        api = {"url": livekit.url, "api_key": livekit.key, "api_secret": livekit.secret}
        self._tell({"url": entry["livekit_url"], "token": entry["token"], "api": api}, "in")

    def sends(self, payload: str | bytes, topic: str = "chat", times: int = 1, server: bool = False) -> None:
        """Send it so many times in one go; with `server`, as whoever has the keys can, from nobody in the meeting."""
        data = base64.b64encode(payload.encode() if isinstance(payload, str) else payload).decode()
        self._tell({"payload": data, "topic": topic, "times": times, "server": server}, "sent")

    def _tell(self, line: dict[str, Any], answer: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{answer}\n"

    def leaves(self) -> None:
        self._process.communicate(timeout=30)


@contextlib.contextmanager
def a_sender(server: Vestibule, entry: dict[str, Any]) -> Iterator[Sender]:
    sender = Sender(server, entry)
    try:
        yield sender
    finally:
        sender.leaves()


async def main() -> None:
    from livekit import api, rtc

    me = json.loads(sys.stdin.readline())
    room = rtc.Room()
    await room.connect(me["url"], me["token"], rtc.RoomOptions(auto_subscribe=False))
    print("in", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        payload = base64.b64decode(told["payload"])
        for _ in range(told["times"]):
            if told["server"]:
                async with api.LiveKitAPI(**me["api"]) as livekit:
                    request = api.SendDataRequest(
                        room=room.name, data=payload, topic=told["topic"], kind=api.DataPacket.Kind.RELIABLE
                    )
                    await livekit.room.send_data(request)
            else:
                await room.local_participant.publish_data(payload, reliable=True, topic=told["topic"])
        print("sent", flush=True)
    await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
