"""Observers as they are started, people who play known sounds, and the figures that come of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy
from livekit import rtc

from admission.contribution import Contribution, Event, Figures, Kind, Tally
from signal_server.keys import SETTINGS, STORE
from tests.house.checkout import ROOT
from tests.signal_server.front_door import FrontDoor
from tests.signal_server.test_sfu import connected, eventually

RATE = 48_000
CHUNK = RATE // 10
TONE = (numpy.sin(numpy.arange(CHUNK) * 2 * numpy.pi * 500 / RATE) * 9_000).astype(numpy.int16).tobytes()
SILENCE = bytes(len(TONE))


class Observer:
    """A running `vestibule observe`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    def said(self) -> str:
        return self.log.read_text()

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def observing(door: FrontDoor, folder: Path, name: str = "one", **variables: str) -> AsyncIterator[Observer]:
    """An observer beside the door. Unless it was killed it has to end by itself when it is told to."""
    settings = door.app[SETTINGS]
    log = folder / f"observer-{name}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "signal_server", "observe"),
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "VESTIBULE_DATABASE_URL": settings.database_url,
                "LIVEKIT_URL": settings.livekit_url,
                "LIVEKIT_API_KEY": settings.livekit_api_key,
                "LIVEKIT_API_SECRET": settings.livekit_api_secret.get_secret_value(),
                **variables,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    observer = Observer(process, log)
    try:
        yield observer
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                assert await process.wait() == 0, observer.said()
    finally:
        if process.returncode is None:
            await observer.kill()


async def stored(door: FrontDoor, meeting: str) -> list[Event]:
    return [event for _, event in await door.app[STORE].run(lambda repository: repository.observed(meeting))]


async def watched(door: FrontDoor, meeting: str, times: int = 1) -> None:
    """Wait until a meeting is watched, for the first time or once more."""

    async def begun() -> bool:
        kinds = [event.kind for event in await stored(door, meeting)]
        return kinds.count(Kind.RESUMED) == times and kinds[-1] is not Kind.PAUSED

    await eventually(begun, within=30)


async def known(door: FrontDoor, meeting: str, kind: Kind, times: int = 1) -> None:
    """Wait until something was seen so many times."""

    async def seen() -> bool:
        return sum(event.kind is kind for event in await stored(door, meeting)) >= times

    await eventually(seen, within=20)


async def tally(door: FrontDoor, meeting: str) -> Tally:
    counted = Tally()
    for event in await stored(door, meeting):
        counted.add(event)
    return counted


async def figures(door: FrontDoor, meeting: str) -> tuple[Figures, dict[str, Contribution]]:
    """The figures up to the last event, and those of each person by their latest identity."""
    counted = (await tally(door, meeting)).figures(0)
    return counted, {person.identity: person for person in counted.people}


class Voice:
    """A person in the meeting whose microphone is on, and plays what they are told to."""

    def __init__(self, room: rtc.Room, source: rtc.AudioSource, track: rtc.LocalAudioTrack) -> None:
        self.room, self.track = room, track
        self._source = source

    async def play(self, *script: float) -> None:
        """Say for so many seconds, be silent for so many, and so on. Returns when the last of it was played.

        It lies ready for the second that comes: a busy machine does not tear it.
        """
        for turn, seconds in enumerate(script):
            for _ in range(round(seconds * 10)):
                await self._source.capture_frame(rtc.AudioFrame(SILENCE if turn % 2 else TONE, RATE, 1, CHUNK))
        await self._source.wait_for_playout()


@contextlib.asynccontextmanager
async def voice(entry: dict[str, Any]) -> AsyncIterator[Voice]:
    async with connected(entry) as room:
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        yield Voice(room, source, track)


def talked(script: tuple[float, ...]) -> float:
    """How long somebody talks who plays this."""
    return sum(script[::2])


def bursts(script: tuple[float, ...]) -> int:
    return sum(seconds > 0 for seconds in script[::2])
