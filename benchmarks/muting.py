"""Microphones off for everybody in a full room, beside the same calls made to LiveKit directly; a set-up's change."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from livekit import api

from admission.waiting_room import Decision, decide
from benchmarks.crowd import Crowd, in_the_room
from benchmarks.figures import Figure, Size
from benchmarks.held import nothing, quiet
from benchmarks.lines import Callers, close_lines, open_lines, percentile
from benchmarks.people import Guest, Member, add_guests, add_members
from benchmarks.place import Place
from signal_server.clock import now

SETTLED_WITHIN = 30.0
ATTEMPTS = 5
PAUSE = 0.5
"""Seconds in which everybody's pages and participants come to rest before something is measured."""

MAY_ALL = [
    api.TrackSource.CAMERA,
    api.TrackSource.MICROPHONE,
    api.TrackSource.SCREEN_SHARE,
    api.TrackSource.SCREEN_SHARE_AUDIO,
]


@dataclass
class Meeting:
    """A meeting in which everybody is, with their participant and their page; the owner presses."""

    id: str
    room: str
    owner: Member
    guests: list[str]
    """The identities of all but the owner."""
    crowd: Crowd
    callers: Callers
    livekit: api.LiveKitAPI
    failed: int = 0

    async def call(self, method: str, what: str, body: object) -> Any:
        path = f"/api/v1/meetings/{self.id}/{what}"
        status, _, answer = await self.callers.call(method, path, self.owner.cookie, body)
        if status != 200:
            raise RuntimeError(f"{what} got {status}: {answer}")
        return answer

    async def turn_off(self, *, keep: bool) -> list[str]:
        """Everybody's microphone. Returns for whom it is done."""
        return self.done(await self.call("POST", "off", {"source": "microphone", "who": "everyone", "keep": keep}))

    async def allow(self) -> None:
        for _ in range(ATTEMPTS):
            answer = await self.call("POST", "allow", {"source": "microphone", "who": "everyone"})
            if all(one["result"] != "failed" for one in answer["results"]):
                return
        raise RuntimeError("they cannot be allowed again")

    def done(self, answer: Any) -> list[str]:
        """For whom it is done. For whom LiveKit does not answer in time it fails, which is counted."""
        became = {one["identity"]: one["result"] for one in answer["results"]}
        self.failed += list(became.values()).count("failed")
        return [identity for identity, result in became.items() if result == "done"]

    async def listed(self) -> list[api.ParticipantInfo]:
        answer = await self.livekit.room.list_participants(api.ListParticipantsRequest(room=self.room))
        return [person for person in answer.participants if person.identity in self.guests]

    async def until_all(self, holds: Callable[[api.ParticipantInfo], bool]) -> None:
        deadline = time.monotonic() + SETTLED_WITHIN
        while not all(map(holds, await self.listed())):
            if time.monotonic() > deadline:
                raise RuntimeError("the participants do not come to rest")
            await asyncio.sleep(0.1)
        await asyncio.sleep(PAUSE)
        await self.crowd.do("forget")


@asynccontextmanager
async def meeting_of(place: Place, others: int) -> AsyncIterator[Meeting]:
    """A member's meeting with so many visitors, all of them connected."""
    (owner,) = place.run(lambda repository: add_members(repository, "Full room", 1, seats=others + 1))
    guests: list[Guest] = place.run(lambda repository: add_guests(repository, owner, others))
    place.run(
        lambda repository: [
            decide(repository, guest.knock, owner.credentials, Decision.ADMIT, None, now()) for guest in guests
        ]
    )
    livekit = api.LiveKitAPI(place.livekit.url, place.livekit.key, place.livekit.secret)
    with place.vestibule() as server:
        async with Callers(server, 4) as callers, livekit:

            async def entry(path: str, cookie: str) -> dict[str, Any]:
                status, _, answer = await callers.call("POST", path, cookie, {})
                if status != 200:
                    raise RuntimeError(f"an entry got {status}: {answer}")
                return dict(answer["entry"])

            first = await entry(f"/api/v1/links/{owner.slug}/entry", owner.cookie)
            entries = [await entry(f"/api/v1/knocks/{guest.knock}/entry", guest.cookie) for guest in guests]
            stream = f"/api/v1/meetings/{first['meeting']}/events"
            cookies = [owner.cookie, *(guest.cookie for guest in guests)]
            pages = await open_lines(server, [(stream, cookie, nothing) for cookie in cookies])
            async with in_the_room([first, *entries]) as crowd:
                rooms = await livekit.room.list_rooms(api.ListRoomsRequest())
                yield Meeting(
                    first["meeting"],
                    next(room.name for room in rooms.rooms if room.name.startswith(first["meeting"])),
                    owner,
                    [one["identity"] for one in entries],
                    crowd,
                    callers,
                    livekit,
                )
            close_lines(pages)


Press = Callable[[], Awaitable[list[str]]]
"""Returns whose microphone it turned off."""


def has_sound(person: api.ParticipantInfo) -> bool:
    return any(not track.muted for track in person.tracks)


@dataclass
class Times:
    """Of a press made again and again, in milliseconds: to its answer, and to the last participant's event."""

    answer: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    @property
    def rounds(self) -> Times:
        """Without the first one, which loads what the others find loaded."""
        return Times(self.answer[1:], self.last[1:])

    async def take(self, press: Press, heard: Callable[[list[str]], Awaitable[float]]) -> None:
        with quiet():
            begun = time.monotonic()
            done = await press()
            self.answer.append((time.monotonic() - begun) * 1000)
        self.last.append((await heard(done) - begun) * 1000)


async def muting(place: Place, size: Size) -> list[Figure]:
    """Everybody's microphone off, once and kept off: by our one call, and by the same calls made directly."""
    async with meeting_of(place, size.crowd) as meeting:
        crowd, livekit = meeting.crowd, meeting.livekit

        async def mute_directly() -> list[str]:
            calls = [
                api.MuteRoomTrackRequest(room=meeting.room, identity=person.identity, track_sid=track.sid, muted=True)
                for person in await meeting.listed()
                for track in person.tracks
            ]
            await asyncio.gather(*map(livekit.room.mute_published_track, calls))
            return meeting.guests

        async def forbid_directly() -> list[str]:
            permission = api.ParticipantPermission(
                can_subscribe=True,
                can_publish=True,
                can_publish_data=True,
                can_publish_sources=[api.TrackSource.CAMERA, api.TrackSource.SCREEN_SHARE],
            )
            calls = [
                api.UpdateParticipantRequest(room=meeting.room, identity=person.identity, permission=permission)
                for person in await meeting.listed()
            ]
            await asyncio.gather(*map(livekit.room.update_participant, calls))
            return meeting.guests

        async def with_sound() -> None:
            await crowd.do("publish")
            await meeting.until_all(has_sound)

        once, once_directly, kept, kept_directly = Times(), Times(), Times(), Times()
        await with_sound()
        for turn in range(2 * size.rounds + 2):
            press = mute_directly if turn % 2 else partial(meeting.turn_off, keep=False)
            times = once_directly if turn % 2 else once
            await times.take(press, partial(crowd.all_heard, "track_muted"))
            await crowd.do("unmute")
            await meeting.until_all(has_sound)
        for turn in range(2 * size.rounds + 2):
            press = forbid_directly if turn % 2 else partial(meeting.turn_off, keep=True)
            times = kept_directly if turn % 2 else kept
            await times.take(press, partial(crowd.each_heard, "participant_permissions_changed"))
            await meeting.allow()
            await asyncio.sleep(PAUSE)
            await with_sound()
    once_says = f"everybody’s microphone off once, {size.crowd} in the room"
    kept_says = f"everybody’s microphone kept off, {size.crowd} in the room"
    return [
        *_figures("mute", once_says, "the last of them hears of the last microphone in", once, once_directly),
        *_figures("keep-off", kept_says, "the last of them hears that theirs is in", kept, kept_directly),
        Figure("mute-failed", "times LiveKit did not answer within 2 s for one of them", meeting.failed),
    ]


def _figures(name: str, says: str, last: str, ours: Times, directly: Times) -> list[Figure]:
    ours, directly = ours.rounds, directly.rounds
    return [
        Figure(
            name,
            f"{says}: answered in",
            statistics.median(ours.answer),
            "ms",
            reference=statistics.median(directly.answer),
            most_ratio=1.3,
        ),
        Figure(
            f"{name}-last",
            f"{says}: {last}",
            statistics.median(ours.last),
            "ms",
            reference=statistics.median(directly.last),
        ),
    ]


async def setups(place: Place, size: Size) -> list[Figure]:
    """Who may use the microphone is changed in the set-up, to and fro."""
    answered, pressed = [], []
    async with meeting_of(place, size.crowd) as meeting:
        version = 1
        for turn in range(size.changes + 1):
            body = {"version": version, "microphone": "everyone" if turn % 2 else "moderators"}
            with quiet():
                begun = time.monotonic()
                changed = await meeting.call("PATCH", "setup", body)
                answer = time.monotonic()
            version = changed["version"]
            last = await meeting.crowd.each_heard("participant_permissions_changed", meeting.done(changed))
            answered.append(max(0.0, last - answer) * 1000)
            pressed.append((last - begun) * 1000)
            await asyncio.sleep(PAUSE)
            await meeting.crowd.do("forget")
    says = f"a set-up’s change reaches the last of {size.crowd} participants"
    return [
        Figure("setup-p50", f"{says}, after its answer, half of them", percentile(answered[1:], 50), "ms"),
        Figure("setup-p99", f"{says}, after its answer, 99 of 100", percentile(answered[1:], 99), "ms"),
        Figure("setup-press-p50", f"{says}, after the press, half of them", percentile(pressed[1:], 50), "ms"),
        Figure("setup-press-p99", f"{says}, after the press, 99 of 100", percentile(pressed[1:], 99), "ms"),
        Figure("setup-failed", "times LiveKit did not answer within 2 s for one of them", meeting.failed),
    ]
