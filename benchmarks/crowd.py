"""Real participants of a room, some in each of several processes: they hold a microphone and say when they heard what.

Run as `python -m benchmarks.crowd` it is one of these processes: each line of its input is something to do, and each
line of its output says that it is done. A process looks at each event once for each room in it, so no one holds many.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Literal, get_args

from livekit import rtc

from benchmarks.place import ROOT

IN_A_PROCESS = 5
HEARD_WITHIN = 20.0
"""Seconds after which an event that has not come is given up."""

Kind = Literal["track_muted", "participant_permissions_changed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Crowd:
    """The participants, as the benchmark speaks to them."""

    def __init__(self, processes: Sequence[asyncio.subprocess.Process]) -> None:
        self._processes = processes

    async def do(self, what: str, **more: Any) -> list[Any]:
        """Each process does it; what each of them says to it."""
        return await asyncio.gather(*(_say(process, {"do": what, **more}) for process in self._processes))

    async def all_heard(self, kind: Kind, of: Sequence[str]) -> float:
        """Wait until everybody has heard this of each of these identities: when (monotonic) the last one has."""
        return float(max(await self.do("heard", kind=kind, of=of, own=False)))

    async def each_heard(self, kind: Kind, of: Sequence[str]) -> float:
        """Wait until each of these has heard this of themselves: when (monotonic) the last one has.

        Of others who send nothing LiveKit tells only every three seconds, and nothing of what is undone by then.
        """
        return float(max(await self.do("heard", kind=kind, of=of, own=True)))


async def _say(process: asyncio.subprocess.Process, what: dict[str, Any]) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(what).encode() + b"\n")
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError(f"a process of participants ended at {what['do']!r}")
    said = json.loads(line)
    if "failed" in said:
        raise RuntimeError(f"{what['do']}: {said['failed']}")
    return said["done"]


@asynccontextmanager
async def in_the_room(entries: Sequence[dict[str, Any]]) -> AsyncIterator[Crowd]:
    """All who have these entries, connected."""
    parts = [entries[begin : begin + IN_A_PROCESS] for begin in range(0, len(entries), IN_A_PROCESS)]
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.crowd"),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "RUST_LOG": "off"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in parts
    ]
    try:
        for process, part in zip(processes, parts, strict=True):
            # One after the other: two cores cannot begin a hundred connections at once.
            await _say(process, {"do": "connect", "entries": list(part)})
        yield Crowd(processes)
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


# in the process of its own


class Participants:
    """What a process of participants can do: a method a word."""

    def __init__(self) -> None:
        self._rooms: list[rtc.Room] = []
        self._sending: list[rtc.Room] = []  # the visitors among them
        self._tracks: list[rtc.LocalAudioTrack] = []
        self._heard: dict[Kind, dict[tuple[str, str], float]] = defaultdict(dict)
        self._more = asyncio.Event()

    async def connect(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            room = rtc.Room()
            for kind in KINDS:
                room.on(kind, partial(self._hear, kind, entry["identity"]))
            await room.connect(entry["livekit_url"], entry["token"], rtc.RoomOptions(auto_subscribe=False))
            self._rooms.append(room)
            if entry["role"] == "guest":
                self._sending.append(room)

    def _hear(self, kind: Kind, listener: str, *what: Any) -> None:
        at = time.monotonic()
        who = next(each for each in what if isinstance(each, rtc.Participant))
        self._heard[kind].setdefault((listener, who.identity), at)
        self._more.set()

    async def publish(self) -> None:
        """A microphone for each visitor, from which nothing comes."""
        self._tracks = [
            rtc.LocalAudioTrack.create_audio_track("microphone", rtc.AudioSource(48000, 1, queue_size_ms=0))
            for _ in self._sending
        ]
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        for room, track in zip(self._sending, self._tracks, strict=True):
            await room.local_participant.publish_track(track, options)

    async def unmute(self) -> None:
        for track in self._tracks:
            track.unmute()

    async def forget(self) -> None:
        self._heard.clear()

    async def heard(self, kind: Kind, of: list[str], own: bool) -> float:
        here = [room.local_participant.identity for room in self._rooms]
        awaited = {(listener, who) for listener in here for who in of if listener == who or not own}
        times = self._heard[kind]
        deadline = time.monotonic() + HEARD_WITHIN
        while missing := awaited - times.keys():
            self._more.clear()
            try:
                await asyncio.wait_for(self._more.wait(), deadline - time.monotonic())
            except TimeoutError:
                raise RuntimeError(f"{kind} was not heard {len(missing)} times of {len(awaited)}") from None
        return max((times[pair] for pair in awaited), default=0.0)


async def main() -> None:
    participants = Participants()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        call = json.loads(line)
        try:
            said = {"done": await getattr(participants, call.pop("do"))(**call)}
        except Exception as error:
            said = {"failed": f"{type(error).__name__} {error}"}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
