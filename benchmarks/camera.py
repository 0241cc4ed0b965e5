"""Somebody in the meeting whose camera sends a moving picture, without a page of ours.

As a program it reads one JSON line `{"url", "token"}`, says `in` once it sends, and stays until its input ends. In a
process of its own, because LiveKit's SDK must not share one with anything that cancels.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.place import ROOT

WIDTH, HEIGHT = 640, 360
A_SECOND = 30


@contextlib.contextmanager
def a_camera(entry: dict[str, Any]) -> Iterator[None]:
    """Whoever this entry belongs to is in and sends."""
    program = [sys.executable, "-m", "benchmarks.camera"]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"url": entry["livekit_url"], "token": entry["token"]}) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "in\n":
            raise RuntimeError("the one who is to be seen does not get in")
        yield


async def main() -> None:
    from livekit import rtc

    who = json.loads(sys.stdin.readline())
    room = rtc.Room()
    await room.connect(who["url"], who["token"], rtc.RoomOptions(auto_subscribe=False))
    source = rtc.VideoSource(WIDTH, HEIGHT)
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
    await room.local_participant.publish_track(track, options)
    shades = [bytes((shade, 90, 160, 255)) * (WIDTH * HEIGHT) for shade in range(40, 200, 10)]
    pictures = [rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, shade) for shade in shades]
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print("in", flush=True)
    turn = 0
    while not ended.done():
        source.capture_frame(pictures[turn % len(pictures)])
        turn += 1
        await asyncio.sleep(1 / A_SECOND)
    await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
    # The SDK's own threads do not survive the end of an interpreter in good order.
    sys.stdout.flush()
    os._exit(0)
