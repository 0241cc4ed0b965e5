"""People with open microphones, of whom now one speaks and now another: a process of some of them.

Run as `python -m benchmarks.voices` it reads their entries from its first line, says `ready` when all are connected,
and lets them speak from its second line on. Each time it says who begins to speak, and when the first sound goes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy
from livekit import rtc

from benchmarks.place import ROOT

IN_A_PROCESS = 6

RATE = 48_000
CHUNK = RATE // 20
TONE = (numpy.sin(numpy.arange(CHUNK) * 2 * numpy.pi * 500 / RATE) * 9_000).astype(numpy.int16).tobytes()
SILENCE = bytes(len(TONE))

SPEAKS = 1.0
IS_SILENT = (3.0, 9.0)
"""Seconds, at random in between: longer than what parts two turns."""

Said = Callable[[str, float], None]
"""Is told who begins to speak, and when (monotonic)."""


@asynccontextmanager
async def speaking(entries: Sequence[dict[str, Any]], said: Said) -> AsyncIterator[Callable[[], None]]:
    """All who have these entries, connected. They speak from when what it gives is called."""
    parts = [entries[begin : begin + IN_A_PROCESS] for begin in range(0, len(entries), IN_A_PROCESS)]
    processes: list[asyncio.subprocess.Process] = []
    listening: list[asyncio.Task[None]] = []
    try:
        for part in parts:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.voices"),
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "RUST_LOG": "off"},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            processes.append(process)
            _say(process, json.dumps(part))
            assert process.stdout is not None
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("people cannot connect")
            listening.append(asyncio.create_task(_listen(process.stdout, said)))

        def begin() -> None:
            for process in processes:
                _say(process, "")

        yield begin
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await asyncio.gather(*listening)


def _say(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")


async def _listen(lines: asyncio.StreamReader, said: Said) -> None:
    async for line in lines:
        with contextlib.suppress(ValueError):  # the last one, torn by the end
            told = json.loads(line)
            said(told["identity"], told["at"])


# in the process of its own


async def speak_now_and_then(identity: str, source: rtc.AudioSource) -> None:
    while True:
        await _play(source, SILENCE, random.uniform(*IS_SILENT))
        print(json.dumps({"identity": identity, "at": time.monotonic() + source.queued_duration}), flush=True)
        await _play(source, TONE, SPEAKS)


async def _play(source: rtc.AudioSource, sound: bytes, seconds: float) -> None:
    for _ in range(round(seconds * RATE / CHUNK)):
        await source.capture_frame(rtc.AudioFrame(sound, RATE, 1, CHUNK))


async def main() -> None:
    loop = asyncio.get_running_loop()
    entries = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    rooms = []
    sources = {}
    for entry in entries:
        room = rtc.Room()
        await room.connect(entry["livekit_url"], entry["token"], rtc.RoomOptions(auto_subscribe=False))
        source = sources[entry["identity"]] = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        rooms.append(room)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await asyncio.gather(*(speak_now_and_then(*each) for each in sources.items()))


if __name__ == "__main__":
    asyncio.run(main())
