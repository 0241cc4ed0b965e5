"""The measure of an observer: an agent that subscribes to the microphones of some rooms, and does nothing else."""

from __future__ import annotations

import asyncio
import json
import os

from livekit import rtc


async def main() -> None:
    """LISTEN: LiveKit's address, and a token for each room."""
    url, tokens = json.loads(os.environ["LISTEN"])
    rooms = []
    for token in tokens:
        room = rtc.Room()
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        for person in room.remote_participants.values():
            for publication in person.track_publications.values():
                publication.set_subscribed(True)
        rooms.append(room)
    print("listening", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
