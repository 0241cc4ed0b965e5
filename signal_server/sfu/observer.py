"""All that knows LiveKit's rtc: one meeting, watched by a hidden agent that subscribes to its microphones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import structlog
from livekit import rtc
from livekit.rtc.room import EventTypes

from admission.contribution import Event, Kind
from admission.observing import Watched
from admission.store.repository import milliseconds
from signal_server.clock import now
from signal_server.sfu.messages import TOPIC, Messages
from signal_server.sfu.speakers import Speakers
from signal_server.sfu.tokens import Tokens

log = structlog.get_logger()

UNSTORED = 5_000
"""Events that are kept while the database does not take them. Beyond that the observer is as good as away."""

# What a track is when it is what it is called. LiveKit checks only what it is called.
TRACKS = {
    (rtc.TrackSource.SOURCE_MICROPHONE, rtc.TrackKind.KIND_AUDIO): Kind.MICROPHONE_ON,
    (rtc.TrackSource.SOURCE_CAMERA, rtc.TrackKind.KIND_VIDEO): Kind.CAMERA_ON,
    (rtc.TrackSource.SOURCE_SCREENSHARE, rtc.TrackKind.KIND_VIDEO): Kind.SCREEN_SHARE_ON,
}

# What can be the case of somebody, in the order in which it is told, and what ends it.
ENDS = {
    Kind.JOINED: Kind.LEFT,
    Kind.MICROPHONE_ON: Kind.MICROPHONE_OFF,
    Kind.CAMERA_ON: Kind.CAMERA_OFF,
    Kind.SCREEN_SHARE_ON: Kind.SCREEN_SHARE_OFF,
    Kind.SPEAKING: Kind.SILENT,
}

# The library's events after which something else may be the case.
CHANGES: tuple[EventTypes, ...] = (
    "participant_connected",
    "participant_disconnected",
    "track_published",
    "track_unpublished",
    "track_muted",
    "track_unmuted",
)

State = Mapping[str, frozenset[Kind]]
"""What is the case of each person, by identity."""


def changes(before: State, after: State) -> Iterator[tuple[Kind, str]]:
    """What happened between two states. Whoever left has ended all else by that."""
    for identity in {**before, **after}:
        was, is_now = before.get(identity, frozenset()), after.get(identity, frozenset())
        if not is_now:
            yield Kind.LEFT, identity
            continue
        for begins, ends in ENDS.items():
            if begins in is_now - was:
                yield begins, identity
            elif begins in was - is_now:
                yield ends, identity


class Watch:
    """What happens in one meeting, as events that wait to be stored.

    It is watched while LiveKit is connected; `tend` sees to that, again and again. Events are told of people only.
    """

    def __init__(self, watched: Watched, tokens: Tokens, speakers: Speakers) -> None:
        self.meeting_id = watched.meeting_id
        self._tokens = tokens
        self._last = watched.last
        self._unstored: list[Event] = []
        self._seen: State | None = None  # None while paused
        self._speaking: set[str] = set()  # LiveKit's ids of participants
        self._messages = Messages()
        self._room: rtc.Room | None = None
        self._room_name = ""
        self._connecting = False
        self._lost = False  # the connection, which the library tries to take up again
        self._over = False
        self._failed = False
        self._work: set[asyncio.Task[None]] = set()
        self._held = ExitStack()
        self._address = self._held.enter_context(speakers.hearing(self._heard))

    def tend(self, watched: Watched) -> None:
        """Be, or get, in the room that the meeting has now: after a restart of LiveKit it is another one."""
        self._last = max(self._last, watched.last)
        if self._room is not None and self._room_name != watched.room:
            self._leave()
        if self._room is None and not self._connecting:
            self._connecting = True
            self._begin(self._connect(watched.room))

    def unstored(self) -> Sequence[Event]:
        return tuple(self._unstored)

    def stored(self, last: Event) -> None:
        """All up to this one are stored. Had it been too many, it is watched again from here on."""
        self._unstored = [event for event in self._unstored if event.at > last.at]
        if self._room is not None and not self._lost and self._seen is None:
            self._resume()

    async def end(self, within: float) -> None:
        """Leave the meeting, and wait so many seconds for it."""
        self._over = True
        self._leave()
        if self._work:
            await asyncio.wait(self._work, timeout=within)
        self._held.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _connect(self, room_name: str) -> None:
        """Never cancelled: LiveKit's library would end the whole process a few seconds later."""
        room = rtc.Room()
        room.on("track_published", lambda publication, person: self._published(publication))
        for name in CHANGES:
            room.on(name, lambda *_: self._settle())
        room.on("data_received", self._received)
        room.on("reconnecting", partial(self._connection, room, True))
        room.on("reconnected", partial(self._connection, room, False))
        room.on("disconnected", lambda *_: self._disconnected(room))
        try:
            token = self._tokens.mint_observer(room_name, now())
            await room.connect(self._address, token, rtc.RoomOptions(auto_subscribe=False))
        except Exception as error:
            # What the library says of it is left out: it may quote the token.
            if not self._failed:
                why = type(error).__name__
                log.warning("cannot connect to LiveKit; trying again", meeting=self.meeting_id, why=why)
            self._failed = True
            return
        finally:
            self._connecting = False
        self._failed = False
        if self._over:
            await room.disconnect()
            return
        self._room, self._room_name, self._lost = room, room_name, False
        for person in room.remote_participants.values():
            for publication in person.track_publications.values():
                self._published(publication)
        self._resume()

    def _leave(self) -> None:
        if self._room is not None:
            self._pause()
            self._speaking.clear()
            room, self._room = self._room, None
            self._begin(room.disconnect())

    def _connection(self, room: rtc.Room, lost: bool) -> None:
        if room is self._room:
            self._lost = lost
            if lost:
                self._pause()
                self._speaking.clear()  # nobody tells who falls silent meanwhile
            else:
                self._resume()

    def _disconnected(self, room: rtc.Room) -> None:
        if room is self._room:
            self._pause()
            self._room = None
            self._speaking.clear()

    def _published(self, publication: rtc.RemoteTrackPublication) -> None:
        if _track(publication) is Kind.MICROPHONE_ON:
            publication.set_subscribed(True)

    def _heard(self, speakers: Mapping[str, bool]) -> None:
        for sid, active in speakers.items():
            (self._speaking.add if active else self._speaking.discard)(sid)
        self._settle()

    def _received(self, packet: rtc.DataPacket) -> None:
        # What comes from nobody was sent by a server, past the meeting.
        person = packet.participant
        if packet.topic != TOPIC or person is None or not _is_person(person) or self._seen is None:
            return
        if self._messages.counts(person.identity, packet.data, time.monotonic()):
            self._note(Kind.MESSAGE, person.identity)

    def _pause(self) -> None:
        if self._seen is not None:
            self._seen = None
            self._append(Kind.PAUSED, "")

    def _resume(self) -> None:
        self._pause()
        self._append(Kind.RESUMED, "")
        self._seen = {}
        self._settle()

    def _settle(self) -> None:
        """Note what has changed since the last look."""
        if self._seen is None or self._room is None:
            return
        people = [person for person in self._room.remote_participants.values() if _is_person(person)]
        # Of whoever left LiveKit does not say that they fell silent.
        self._speaking &= {person.sid for person in people if _has_microphone(person)}
        before, after = self._seen, {person.identity: _state(person, self._speaking) for person in people}
        self._seen = after
        for kind, identity in changes(before, after):
            self._note(kind, identity)

    def _note(self, kind: Kind, identity: str) -> None:
        if self._seen is None:
            return
        if len(self._unstored) < UNSTORED:
            self._append(kind, identity)
        else:
            self._pause()

    def _append(self, kind: Kind, identity: str) -> None:
        # Each event has a time of its own: by it the figures know what they have counted.
        self._last = max(milliseconds(now()), self._last + 1)
        self._unstored.append(Event(self._last, kind, "", identity))


def _is_person(participant: rtc.RemoteParticipant) -> bool:
    return bool(participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD)


def _track(publication: rtc.RemoteTrackPublication) -> Kind | None:
    return TRACKS.get((publication.source, publication.kind))


def _has_microphone(person: rtc.RemoteParticipant) -> bool:
    return any(_track(publication) is Kind.MICROPHONE_ON for publication in person.track_publications.values())


def _state(person: rtc.RemoteParticipant, speaking: set[str]) -> frozenset[Kind]:
    """What is the case of somebody. With several tracks of a kind one that is not muted is enough."""
    tracks = {_track(publication) for publication in person.track_publications.values() if not publication.muted}
    spoken = {Kind.SPEAKING} if person.sid in speaking else set()
    return frozenset({Kind.JOINED} | {kind for kind in tracks if kind is not None} | spoken)
