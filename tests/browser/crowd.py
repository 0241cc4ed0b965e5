"""More people in a meeting than browsers would fit on this machine: real participants without a page.

As a program it lets everybody in whose entry it reads: one JSON line
`{"url", "token", "shade", "shares", "sounds"}` each, then says `in` on a line of its own. They stay until its input
ends. In a process of its own, because LiveKit's SDK must not share one with anything that cancels.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from tests.browser.server import ROOT

WIDTH, HEIGHT = 320, 180
RATE = 48_000
EVERY = 0.25


@contextlib.contextmanager
def a_crowd(
    entries: Sequence[dict[str, Any]], sharing: Sequence[int] = (), sounding: Sequence[int] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Everybody with these entries is in, with a camera each; who is in `sharing`, by number, shares a screen, and who
    is in `sounding` a screen's sound."""
    program = [sys.executable, "-m", "tests.browser.crowd"]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, entry in enumerate(entries):
            line = {"url": entry["livekit_url"], "token": entry["token"], "shade": number}
            line |= {"shares": number in sharing, "sounds": number in sounding}
            process.stdin.write(json.dumps(line) + "\n")
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "in\n"
        yield process


def picture(shade: int, width: int = WIDTH, height: int = HEIGHT) -> Any:
    from livekit import rtc

    colour = bytes(((40 + shade * 53) % 160, (60 + shade * 97) % 160, (90 + shade * 31) % 160, 255))
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, colour * (width * height))


def tone(seconds: float) -> Any:
    from livekit import rtc

    samples = round(RATE * seconds)
    wave = array.array("h", (round(8_000 * math.sin(2 * math.pi * 440 * at / RATE)) for at in range(samples)))
    return rtc.AudioFrame(wave.tobytes(), RATE, 1, samples)


async def _enter(who: dict[str, Any]) -> tuple[Any, list[tuple[Any, Any]], Any]:
    from livekit import rtc

    room = rtc.Room()
    await room.connect(who["url"], who["token"], rtc.RoomOptions(auto_subscribe=False))
    pictures = []
    kinds = [(rtc.TrackSource.SOURCE_CAMERA, WIDTH, HEIGHT)]
    if who["shares"]:
        kinds.append((rtc.TrackSource.SOURCE_SCREENSHARE, 1280, 720))
    for kind, width, height in kinds:
        source = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track("picture", source)
        await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=kind, simulcast=False))
        pictures.append((source, picture(who["shade"] + (7 if width > WIDTH else 0), width, height)))
    if not who["sounds"]:
        return room, pictures, None
    sound = rtc.AudioSource(RATE, 1)
    heard = rtc.LocalAudioTrack.create_audio_track("sound", sound)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
    await room.local_participant.publish_track(heard, options)
    return room, pictures, sound


async def main() -> None:
    people = []
    for line in iter(sys.stdin.readline, "\n"):
        people.append(await _enter(json.loads(line)))
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print("in", flush=True)
    while not ended.done():
        for _, pictures, sound in people:
            for source, frame in pictures:
                source.capture_frame(frame)
            if sound is not None:
                await sound.capture_frame(tone(EVERY))
        await asyncio.sleep(EVERY)
    await asyncio.gather(*(room.disconnect() for room, *_ in people))


if __name__ == "__main__":
    asyncio.run(main())
    # The SDK's own threads do not survive the end of an interpreter in good order.
    sys.stdout.flush()
    os._exit(0)
