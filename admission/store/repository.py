"""All SQL: rows in, values of the domain out. One method, one statement."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from admission import contribution
from admission.changes import (
    Change,
    DoorChanged,
    HandsChanged,
    KnockChanged,
    MeetingEnded,
    SeatEnded,
    SessionEnded,
)
from admission.directory import Account, Link, Plan, Role, Session, Workspace
from admission.errors import Conflict
from admission.knock import Knock
from admission.knock import State as KnockState
from admission.meeting import Meeting
from admission.seat import Role as SeatRole
from admission.seat import Seat
from admission.seat import State as SeatState
from admission.setup import Contributions, KeptSetup, Source

WORKSPACE = "id, name, plan, seats, accent, privacy_url, contributions, logo_type"
ACCOUNT = "id, workspace_id, email, name, role, disabled_at"
LINK = "id, owner_id, slug, open, setup, paused"
SESSION = "hash, account_id, created, last_used"
MEETING = "id, link_id, setup, opened, room, room_sid, began, ended, reason, ended_by"
SEAT = (
    "id, meeting_id, account_id, knock_id, identity, name, role, owner, state, held_since,"
    " session_hash, ticket_hash, sid, joined_at, hand_since, reason, version"
)
KNOCK = (
    "id, seq, link_id, meeting_id, state, name, message, since, account_id, session_hash, verified_workspace,"
    " verified_role, colleague, resembles, reason, held, reply, seen, away_since, decided_by, decided_by_id,"
    " decision, clock, over_at, dismissed, version"
)
STANDING = "('waiting', 'admitted', 'entered')"
HELD = "(k.account_id IS NULL OR k.account_id = :account)"
"""A ticket outlives a sign-in, and a knock may be handed over to another: what was asked for signed in needs both."""
SLICE = 2_000
"""Events that are read at once: some milliseconds."""
EVERYBODY = 2**31 - 1
"""For a number of rows at most: no limit."""


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def moment(stored: int) -> datetime:
    return datetime.fromtimestamp(stored / 1000, UTC)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _at(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)


def _prefixed(prefix: str, columns: str) -> str:
    return ", ".join(f"{prefix}.{column.strip()}" for column in columns.split(","))


ACCOUNT_A = _prefixed("a", ACCOUNT)
LINK_L = _prefixed("l", LINK)
KNOCK_K = _prefixed("k", KNOCK)
MEETING_M = _prefixed("m", MEETING)
SEAT_S = _prefixed("s", SEAT)
WORKSPACE_W = _prefixed("w", WORKSPACE)
# One statement for what every call at a door needs: each statement more costs as much as what it reads.
DOORSTEP = (
    f"SELECT {LINK_L}, {ACCOUNT_A}, {WORKSPACE_W}, {MEETING_M} FROM link l JOIN account a ON a.id = l.owner_id"
    " JOIN workspace w ON w.id = a.workspace_id LEFT JOIN meeting m ON m.link_id = l.id AND m.ended IS NULL"
)


class Repository:
    """The tables, for one transaction at a time.

    `replace_…` methods compare and set: they write only over the version that was read, and raise Conflict if
    somebody else was first.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._changes: list[Change] = []

    # what this transaction will announce

    def announce(self, change: Change) -> None:
        """Remember a change: it is told to the program once it is committed."""
        self._changes.append(change)

    def take_changes(self) -> Sequence[Change]:
        if not self._changes:
            return ()
        changes, self._changes = self._changes, []
        return changes

    def write_announcements(self, changes: Iterable[Change]) -> None:
        """Leave changes for the running server, which reads the things anew by their ids."""
        for change in changes:
            note: dict[str, object]
            match change:
                case KnockChanged():
                    note = {"knock": change.knock.id, "slug": change.slug, "deciders": change.deciders}
                case SeatEnded():
                    note = {"seat": change.seat.id, "room": change.room, "by": change.by}
                case MeetingEnded():
                    note = {"meeting": change.meeting_id, "room": change.room, "by": change.by}
                case SessionEnded():
                    note = {"session": change.session_hash}
                case HandsChanged():
                    note = {"hands": change.meeting_id}
                case DoorChanged():
                    note = {"door": change.account_id}
                case _:
                    continue  # what only those in the meeting see, and they read it anew
            self._execute(
                "INSERT INTO announcement (change, at) VALUES (:change, :at)",
                {"change": json.dumps(note), "at": milliseconds(datetime.now(UTC))},
            )

    def announcements_after(self, seq: int) -> list[tuple[int, Change]]:
        """What other processes changed since, oldest first."""
        found: list[tuple[int, Change]] = []
        for row_seq, text in self._rows(
            "SELECT seq, change FROM announcement WHERE seq > :seq ORDER BY seq", {"seq": seq}
        ):
            note = json.loads(text)
            change: Change | None = None
            if "knock" in note:
                knock = self.knock(note["knock"])
                change = KnockChanged(knock, note["slug"], tuple(note["deciders"])) if knock else None
            elif "seat" in note:
                seat = self.seat(note["seat"])
                change = SeatEnded(seat, note["room"], note["by"]) if seat else None
            elif "meeting" in note:
                change = MeetingEnded(note["meeting"], note["room"], note["by"])
            elif "session" in note:
                change = SessionEnded(note["session"])
            elif "hands" in note:
                change = HandsChanged(note["hands"], self.hands(note["hands"]))
            elif "door" in note:
                change = DoorChanged(note["door"])
            if change:
                found.append((row_seq, change))
        return found

    def last_announcement(self) -> int:
        return int(self._value("SELECT coalesce(max(seq), 0) FROM announcement"))

    def forget_announcements(self, before: datetime) -> None:
        self._execute("DELETE FROM announcement WHERE at < :at", {"at": milliseconds(before)})

    def data_version(self) -> int:
        """Changes when another connection has committed."""
        return int(self._value("PRAGMA data_version"))

    def pulse(self, at: datetime) -> None:
        """Write something, so that a commit is proved."""
        self._execute(
            "INSERT INTO pulse (id, at) VALUES (1, :at) ON CONFLICT (id) DO UPDATE SET at = :at",
            {"at": milliseconds(at)},
        )

    # workspaces

    def add_workspace(self, workspace: Workspace, at: datetime) -> None:
        self._execute(
            "INSERT INTO workspace (id, name, plan, seats, accent, privacy_url, contributions, created)"
            " VALUES (:id, :name, :plan, :seats, :accent, :privacy_url, :contributions, :created)",
            {
                "id": workspace.id,
                "name": workspace.name,
                "plan": workspace.plan,
                "seats": workspace.seats,
                "accent": workspace.accent,
                "privacy_url": workspace.privacy_url,
                "contributions": workspace.contributions,
                "created": milliseconds(at),
            },
        )

    def replace_workspace(self, workspace: Workspace) -> None:
        self._execute(
            "UPDATE workspace SET plan = :plan, seats = :seats, accent = :accent, privacy_url = :privacy_url,"
            " contributions = :contributions WHERE id = :id",
            {
                "id": workspace.id,
                "plan": workspace.plan,
                "seats": workspace.seats,
                "accent": workspace.accent,
                "privacy_url": workspace.privacy_url,
                "contributions": workspace.contributions,
            },
        )

    def set_logo(self, workspace_id: str, logo: bytes | None, media_type: str | None) -> None:
        self._execute(
            "UPDATE workspace SET logo = :logo, logo_type = :type WHERE id = :id",
            {"id": workspace_id, "logo": logo, "type": media_type},
        )

    def logo(self, workspace_id: str) -> tuple[bytes, str] | None:
        row = self._row("SELECT logo, logo_type FROM workspace WHERE id = :id", {"id": workspace_id})
        return (bytes(row[0]), row[1]) if row and row[0] is not None else None

    def workspace(self, workspace_id: str) -> Workspace | None:
        row = self._row(f"SELECT {WORKSPACE} FROM workspace WHERE id = :id", {"id": workspace_id})
        return _workspace(row) if row else None

    def workspace_named(self, name: str) -> Workspace | None:
        row = self._row(f"SELECT {WORKSPACE} FROM workspace WHERE name = :name", {"name": name})
        return _workspace(row) if row else None

    def workspaces(self) -> list[Workspace]:
        return [_workspace(row) for row in self._rows(f"SELECT {WORKSPACE} FROM workspace ORDER BY name")]

    # accounts

    def add_account(self, account: Account, skeleton: str, password_hash: str, at: datetime) -> None:
        self._execute(
            "INSERT INTO account (id, workspace_id, email, name, skeleton, role, password_hash, created)"
            " VALUES (:id, :workspace_id, :email, :name, :skeleton, :role, :password_hash, :created)",
            {
                "id": account.id,
                "workspace_id": account.workspace_id,
                "email": account.email,
                "name": account.name,
                "skeleton": skeleton,
                "role": account.role,
                "password_hash": password_hash,
                "created": milliseconds(at),
            },
        )

    def account(self, account_id: str) -> Account | None:
        row = self._row(f"SELECT {ACCOUNT} FROM account WHERE id = :id", {"id": account_id})
        return _account(row) if row else None

    def account_by_email(self, email: str) -> tuple[Account, str] | None:
        """The account and its password hash."""
        row = self._row(f"SELECT {ACCOUNT}, password_hash FROM account WHERE email = :email", {"email": email})
        return (_account(row[:-1]), row[-1]) if row else None

    def accounts(self, workspace_id: str | None = None) -> list[Account]:
        return [
            _account(row)
            for row in self._rows(
                f"SELECT {ACCOUNT} FROM account WHERE :workspace IS NULL OR workspace_id = :workspace"
                " ORDER BY name, email",
                {"workspace": workspace_id},
            )
        ]

    def set_password_hash(self, account_id: str, password_hash: str) -> None:
        self._execute(
            "UPDATE account SET password_hash = :hash WHERE id = :id",
            {"id": account_id, "hash": password_hash},
        )

    def set_disabled(self, account_id: str, at: datetime | None) -> None:
        self._execute("UPDATE account SET disabled_at = :at WHERE id = :id", {"id": account_id, "at": _ms(at)})

    def member_named_like(self, workspace_id: str, skeleton: str) -> str | None:
        """The name of an active member of the workspace whose name folds to the same skeleton."""
        row = self._row(
            "SELECT name FROM account WHERE workspace_id = :workspace AND skeleton = :skeleton"
            " AND role <> 'guest' AND disabled_at IS NULL LIMIT 1",
            {"workspace": workspace_id, "skeleton": skeleton},
        )
        return str(row[0]) if row else None

    # sessions

    def add_session(self, session: Session) -> None:
        self._execute(
            "INSERT INTO session (hash, account_id, created, last_used)"
            " VALUES (:hash, :account_id, :created, :last_used)",
            {
                "hash": session.hash,
                "account_id": session.account_id,
                "created": milliseconds(session.created),
                "last_used": milliseconds(session.last_used),
            },
        )

    def session(self, session_hash: str) -> tuple[Session, Account] | None:
        """A sign-in with its account, disabled accounts left out."""
        row = self._row(
            f"SELECT s.hash, s.account_id, s.created, s.last_used, {ACCOUNT_A} FROM session s"
            " JOIN account a ON a.id = s.account_id WHERE s.hash = :hash AND a.disabled_at IS NULL",
            {"hash": session_hash},
        )
        if not row:
            return None
        return Session(row[0], row[1], moment(row[2]), moment(row[3])), _account(row[4:])

    def sessions_of(self, account_id: str) -> list[Session]:
        return [
            Session(row[0], row[1], moment(row[2]), moment(row[3]))
            for row in self._rows(f"SELECT {SESSION} FROM session WHERE account_id = :id", {"id": account_id})
        ]

    def sessions_unused_since(self, at: datetime) -> list[Session]:
        return [
            Session(row[0], row[1], moment(row[2]), moment(row[3]))
            for row in self._rows(f"SELECT {SESSION} FROM session WHERE last_used < :at", {"at": milliseconds(at)})
        ]

    def use_session(self, session_hash: str, at: datetime) -> None:
        self._execute(
            "UPDATE session SET last_used = :at WHERE hash = :hash",
            {"hash": session_hash, "at": milliseconds(at)},
        )

    def remove_session(self, session_hash: str) -> bool:
        return self._execute("DELETE FROM session WHERE hash = :hash", {"hash": session_hash}).rowcount == 1

    # links

    def add_link(self, link: Link, at: datetime) -> None:
        self._execute(
            "INSERT INTO link (id, owner_id, slug, open, setup, created)"
            " VALUES (:id, :owner_id, :slug, :open, :setup, :created)",
            {
                "id": link.id,
                "owner_id": link.owner_id,
                "slug": link.slug,
                "open": link.open,
                "setup": json.dumps(link.setup.stored()),
                "created": milliseconds(at),
            },
        )

    def doorstep(self, link_id: str) -> tuple[Link, Account, Workspace, Meeting | None] | None:
        """A link with its owner, their workspace, and the meeting that is not ended."""
        row = self._row(f"{DOORSTEP} WHERE l.id = :id", {"id": link_id})
        return _doorstep(row) if row else None

    def doorstep_by_slug(self, slug: str) -> tuple[Link, Account, Workspace, Meeting | None] | None:
        """The same for the link at its present address."""
        row = self._row(f"{DOORSTEP} WHERE l.slug = :slug", {"slug": slug})
        return _doorstep(row) if row else None

    def doorstep_by_retired_slug(self, slug: str) -> tuple[Link, Account, Workspace, Meeting | None] | None:
        """The same for the link that had this address before it was rotated."""
        row = self._row(
            f"{DOORSTEP} WHERE l.id = (SELECT link_id FROM retired_slug WHERE slug = :slug)", {"slug": slug}
        )
        return _doorstep(row) if row else None

    def link_of(self, account_id: str) -> Link | None:
        row = self._row(f"SELECT {LINK} FROM link WHERE owner_id = :id", {"id": account_id})
        return _link(row) if row else None

    def link_by_slug(self, slug: str) -> tuple[Link, Account] | None:
        """The link at its present address, with its owner."""
        row = self._row(
            f"SELECT {LINK_L}, {ACCOUNT_A} FROM link l JOIN account a ON a.id = l.owner_id WHERE l.slug = :slug",
            {"slug": slug},
        )
        return (_link(row[:6]), _account(row[6:])) if row else None

    def replace_link(self, link: Link) -> None:
        self._execute(
            "UPDATE link SET slug = :slug, open = :open, paused = :paused, setup = :setup WHERE id = :id",
            {
                "id": link.id,
                "slug": link.slug,
                "open": link.open,
                "paused": link.paused,
                "setup": json.dumps(link.setup.stored()),
            },
        )

    def retire_slug(self, link: Link) -> None:
        self._execute(
            "INSERT INTO retired_slug (slug, link_id) VALUES (:slug, :id)", {"slug": link.slug, "id": link.id}
        )

    def slug_taken(self, slug: str) -> bool:
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM link WHERE slug = :slug)"
                " OR EXISTS (SELECT 1 FROM retired_slug WHERE slug = :slug)",
                {"slug": slug},
            )
        )

    # meetings

    def add_meeting(self, meeting: Meeting) -> None:
        self._execute(
            "INSERT INTO meeting (id, link_id, setup, opened, room) VALUES (:id, :link_id, :setup, :opened, :room)",
            {
                "id": meeting.id,
                "link_id": meeting.link_id,
                "setup": json.dumps(meeting.setup.stored()),
                "opened": milliseconds(meeting.opened),
                "room": meeting.room,
            },
        )

    def meeting(self, meeting_id: str) -> Meeting | None:
        row = self._row(f"SELECT {MEETING} FROM meeting WHERE id = :id", {"id": meeting_id})
        return _meeting(row) if row else None

    def running_meeting(self, link_id: str) -> Meeting | None:
        """The link's meeting that is not ended."""
        row = self._row(f"SELECT {MEETING} FROM meeting WHERE link_id = :link AND ended IS NULL", {"link": link_id})
        return _meeting(row) if row else None

    def running_meetings(self) -> list[Meeting]:
        return [_meeting(row) for row in self._rows(f"SELECT {MEETING} FROM meeting WHERE ended IS NULL")]

    def meetings_that_ended(
        self, workspace_id: str, after: str, most: int
    ) -> list[tuple[str, datetime, datetime, int]]:
        """Of meetings behind a workspace's links that are over: id, from when to when, and how many people came.

        In the order of their ids, from behind one of them.
        """
        return [
            (meeting_id, moment(began), moment(ended), people)
            for meeting_id, began, ended, people in self._rows(
                "SELECT m.id, m.began, m.ended, (SELECT count(DISTINCT coalesce(s.account_id, s.knock_id)) FROM seat s"
                " WHERE s.meeting_id = m.id AND s.joined_at IS NOT NULL) FROM meeting m"
                " WHERE m.id > :after AND m.began IS NOT NULL AND m.ended IS NOT NULL"
                # Not joined: that would be read as a whole for each step, and then sorted.
                " AND EXISTS (SELECT 1 FROM link l JOIN account a ON a.id = l.owner_id"
                "  WHERE l.id = m.link_id AND a.workspace_id = :id)"
                " ORDER BY m.id LIMIT :most",
                {"id": workspace_id, "after": after, "most": most},
            )
        ]

    def observed_meetings(self, link_id: str | None, account_id: str, most: int) -> list[Meeting]:
        """Meetings that are over, of this link or with a seat of this account, of which figures are kept, latest first.

        Not those of other workspaces: who was a guest there reads nothing of them afterwards.
        """
        return [
            _meeting(row)
            for row in self._rows(
                f"SELECT {MEETING_M} FROM meeting m WHERE m.id IN"
                " (SELECT id FROM meeting WHERE link_id = :link AND ended IS NOT NULL"
                " UNION SELECT meeting_id FROM seat"
                " WHERE account_id = :account AND joined_at IS NOT NULL AND role = 'moderator')"
                " AND m.ended IS NOT NULL AND EXISTS (SELECT 1 FROM observed o WHERE o.meeting_id = m.id)"
                " ORDER BY m.opened DESC LIMIT :most",
                {"link": link_id, "account": account_id, "most": most},
            )
        ]

    def meeting_began(self, meeting_id: str, at: datetime) -> None:
        self._execute(
            "UPDATE meeting SET began = :at WHERE id = :id AND began IS NULL",
            {"id": meeting_id, "at": milliseconds(at)},
        )

    def set_setup(self, meeting_id: str, setup: KeptSetup) -> None:
        self._execute(
            "UPDATE meeting SET setup = :setup WHERE id = :id",
            {"id": meeting_id, "setup": json.dumps(setup.stored())},
        )

    def exceptions(self, meeting_id: str, person: str) -> dict[Source, bool]:
        """What a person may or may not use, whatever the set-up says."""
        return {
            Source(source): bool(allowed)
            for source, allowed in self._rows(
                "SELECT source, allowed FROM media_exception WHERE meeting_id = :id AND person = :person",
                {"id": meeting_id, "person": person},
            )
        }

    def make_exception(self, meeting_id: str, person: str, source: Source, allowed: bool | None) -> None:
        """Allow or forbid one person something; None takes the exception away."""
        values = {"id": meeting_id, "person": person, "source": source, "allowed": allowed}
        if allowed is None:
            self._execute(
                "DELETE FROM media_exception WHERE meeting_id = :id AND person = :person AND source = :source", values
            )
        else:
            self._execute(
                "INSERT INTO media_exception (meeting_id, person, source, allowed)"
                " VALUES (:id, :person, :source, :allowed)"
                " ON CONFLICT (meeting_id, person, source) DO UPDATE SET allowed = :allowed",
                values,
            )

    def clear_exceptions(self, meeting_id: str, source: Source) -> None:
        self._execute(
            "DELETE FROM media_exception WHERE meeting_id = :id AND source = :source",
            {"id": meeting_id, "source": source},
        )

    def end_meeting(self, meeting_id: str, at: datetime, reason: str, by: str | None) -> bool:
        """True for the one call that ended it."""
        return (
            self._execute(
                "UPDATE meeting SET ended = :at, reason = :reason, ended_by = :by WHERE id = :id AND ended IS NULL",
                {"id": meeting_id, "at": milliseconds(at), "reason": reason, "by": by},
            ).rowcount
            == 1
        )

    def claim_room(self, meeting_id: str, after: int) -> bool:
        """Take the next room number, if nobody has taken it since `after` was read."""
        return (
            self._execute(
                "UPDATE meeting SET room = room + 1, room_sid = NULL"
                " WHERE id = :id AND room = :after AND ended IS NULL",
                {"id": meeting_id, "after": after},
            ).rowcount
            == 1
        )

    def keep_room_sid(self, meeting_id: str, room: int, sid: str) -> None:
        self._execute(
            "UPDATE meeting SET room_sid = :sid WHERE id = :id AND room = :room",
            {"id": meeting_id, "room": room, "sid": sid},
        )

    # seats

    def add_seat(self, seat: Seat) -> None:
        self._execute(
            f"INSERT INTO seat ({SEAT}) VALUES (:id, :meeting_id, :account_id, :knock_id, :identity, :name, :role,"
            " :owner, :state, :held_since, :session_hash, :ticket_hash, :sid, :joined_at, :hand_since, :reason,"
            " :version)",
            _seat_values(seat),
        )

    def replace_seat(self, seat: Seat) -> None:
        self._compare_and_set(
            "UPDATE seat SET state = :state, held_since = :held_since, session_hash = :session_hash,"
            " ticket_hash = :ticket_hash, sid = :sid, joined_at = :joined_at, hand_since = :hand_since,"
            " reason = :reason, version = :version"
            " WHERE id = :id AND version = :version - 1",
            _seat_values(seat),
        )

    def seat(self, seat_id: str) -> Seat | None:
        row = self._row(f"SELECT {SEAT} FROM seat WHERE id = :id", {"id": seat_id})
        return _seat(row) if row else None

    def seat_by_identity(self, identity: str) -> Seat | None:
        row = self._row(f"SELECT {SEAT} FROM seat WHERE identity = :identity", {"identity": identity})
        return _seat(row) if row else None

    def seats_in(self, meeting_id: str) -> list[Seat]:
        """The seats of a meeting that are not ended."""
        return [
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE meeting_id = :id AND state <> 'ended'", {"id": meeting_id}
            )
        ]

    def hands(self, meeting_id: str) -> tuple[Seat, ...]:
        """The seats that have a hand up, in the order in which they were raised."""
        return tuple(
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE meeting_id = :id AND state <> 'ended' AND hand_since IS NOT NULL"
                " ORDER BY hand_since, id",
                {"id": meeting_id},
            )
        )

    def others_seated(self, meeting_id: str) -> int:
        """How many seats are taken by anybody but the owner."""
        return int(
            self._value(
                "SELECT count(*) FROM seat WHERE meeting_id = :id AND state <> 'ended' AND owner = 0",
                {"id": meeting_id},
            )
        )

    def anybody_expected(self, meeting_id: str) -> bool:
        """Whether a seat or a standing admission is left."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM seat WHERE meeting_id = :id AND state <> 'ended')"
                " OR EXISTS (SELECT 1 FROM knock k JOIN meeting m ON m.link_id = k.link_id"
                "  WHERE m.id = :id AND k.meeting_id = :id AND k.state IN ('waiting', 'admitted', 'entered'))",
                {"id": meeting_id},
            )
        )

    def seat_of_account(self, meeting_id: str, account_id: str) -> Seat | None:
        """The seat that the account walked in to."""
        row = self._row(
            f"SELECT {SEAT} FROM seat WHERE meeting_id = :meeting AND account_id = :account AND knock_id IS NULL"
            " AND state <> 'ended'",
            {"meeting": meeting_id, "account": account_id},
        )
        return _seat(row) if row else None

    def seat_of_knock(self, meeting_id: str, knock_id: str) -> Seat | None:
        row = self._row(
            f"SELECT {SEAT} FROM seat WHERE meeting_id = :meeting AND knock_id = :knock AND state <> 'ended'",
            {"meeting": meeting_id, "knock": knock_id},
        )
        return _seat(row) if row else None

    def seats_of_account(self, account_id: str) -> list[Seat]:
        return [
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE account_id = :id AND state <> 'ended'", {"id": account_id}
            )
        ]

    def seats_of_session(self, session_hash: str) -> list[Seat]:
        return [
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE session_hash = :hash AND state <> 'ended'",
                {"hash": session_hash},
            )
        ]

    def seats_held_since(self, at: datetime, most: int) -> list[Seat]:
        """Seats that have been held since that moment or longer."""
        return [
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE state = 'held' AND held_since <= :at LIMIT :most",
                {"at": milliseconds(at), "most": most},
            )
        ]

    def hold_seats_anew(self, at: datetime) -> None:
        self._execute("UPDATE seat SET held_since = :at WHERE state = 'held'", {"at": milliseconds(at)})

    # knocks

    def add_knock(self, knock: Knock, ticket_hash: str) -> Knock:
        """Store a new knock and return it with its place in the order of arrival."""
        cursor = self._execute(
            "INSERT INTO knock (id, link_id, state, name, message, since, account_id, session_hash,"
            " verified_workspace, verified_role, colleague, resembles, held, seen, away_since, dismissed, version)"
            " VALUES (:id, :link_id, :state, :name, :message, :since, :account_id, :session_hash,"
            " :verified_workspace, :verified_role, :colleague, :resembles, 0, 0, NULL, 0, 1) RETURNING seq",
            {
                "id": knock.id,
                "link_id": knock.link_id,
                "state": knock.state,
                "name": knock.name,
                "message": knock.message,
                "since": milliseconds(knock.since),
                "account_id": knock.account_id,
                "session_hash": knock.session_hash,
                "verified_workspace": knock.verified_workspace,
                "verified_role": knock.verified_role,
                "colleague": knock.colleague,
                "resembles": knock.resembles,
            },
        )
        (seq,) = cursor.fetchall()[0]
        self.add_ticket(seq, ticket_hash)
        return Knock(
            id=knock.id,
            seq=seq,
            link_id=knock.link_id,
            meeting_id=None,
            state=knock.state,
            name=knock.name,
            message=knock.message,
            since=knock.since,
            account_id=knock.account_id,
            session_hash=knock.session_hash,
            verified_workspace=knock.verified_workspace,
            verified_role=knock.verified_role,
            colleague=knock.colleague,
            resembles=knock.resembles,
        )

    def add_ticket(self, knock_seq: int, ticket_hash: str) -> None:
        """Let one more browser hold the knock."""
        self._execute(
            "INSERT INTO knock_ticket (hash, knock_seq) VALUES (:hash, :seq) ON CONFLICT DO NOTHING",
            {"hash": ticket_hash, "seq": knock_seq},
        )

    def replace_knock(self, knock: Knock) -> None:
        self._compare_and_set(
            "UPDATE knock SET meeting_id = :meeting_id, session_hash = :session_hash, state = :state,"
            " reason = :reason, held = :held, reply = :reply, seen = :seen, away_since = :away_since,"
            " decided_by = :decided_by, decided_by_id = :decided_by_id, decision = :decision, clock = :clock,"
            " over_at = :over_at, dismissed = :dismissed, version = :version"
            " WHERE seq = :seq AND version = :version - 1",
            {
                "seq": knock.seq,
                "meeting_id": knock.meeting_id,
                "session_hash": knock.session_hash,
                "state": knock.state,
                "reason": knock.reason,
                "held": knock.held,
                "reply": knock.reply,
                "seen": knock.seen,
                "away_since": _ms(knock.away_since),
                "decided_by": knock.decided_by,
                "decided_by_id": knock.decided_by_id,
                "decision": knock.decision,
                "clock": _ms(knock.clock),
                "over_at": _ms(knock.over_at),
                "dismissed": knock.dismissed,
                "version": knock.version,
            },
        )

    def knock(self, knock_id: str) -> Knock | None:
        row = self._row(f"SELECT {KNOCK} FROM knock WHERE id = :id", {"id": knock_id})
        return _knock(row) if row else None

    def knock_held_by(self, knock_id: str, ticket_hash: str, account_id: str | None) -> Knock | None:
        """The knock, if this ticket holds it: one that was made signed in, only while that account is."""
        row = self._row(
            f"SELECT {KNOCK_K} FROM knock k JOIN knock_ticket t ON t.knock_seq = k.seq"
            f" WHERE k.id = :id AND t.hash = :hash AND {HELD}",
            {"id": knock_id, "hash": ticket_hash, "account": account_id},
        )
        return _knock(row) if row else None

    def latest_knock_of_ticket(self, ticket_hash: str, account_id: str | None) -> Knock | None:
        """The latest of the knocks that this ticket holds, as above; first one that is not over."""
        row = self._row(
            f"SELECT {KNOCK_K} FROM knock_ticket t JOIN knock k ON k.seq = t.knock_seq WHERE t.hash = :hash AND {HELD}"
            # A knock that was handed over may be older than what this browser asked for before.
            f" ORDER BY k.state IN {STANDING} DESC, t.knock_seq DESC LIMIT 1",
            {"hash": ticket_hash, "account": account_id},
        )
        return _knock(row) if row else None

    def standing_knock_of_account(self, link_id: str, account_id: str) -> Knock | None:
        row = self._row(
            f"SELECT {KNOCK} FROM knock WHERE account_id = :account AND link_id = :link AND state IN {STANDING}"
            " ORDER BY seq DESC LIMIT 1",
            {"link": link_id, "account": account_id},
        )
        return _knock(row) if row else None

    def standing_knocks(self, link_id: str) -> list[Knock]:
        """The link's knocks that are not over, in order of arrival."""
        return self._knocks(f"link_id = :link AND state IN {STANDING} ORDER BY seq", {"link": link_id})

    def knocks_at_door(self, link_id: str, most: int = EVERYBODY) -> list[Knock]:
        """The link's knocks that wait or were let in and have not connected, in order of arrival."""
        return self._knocks(
            f"link_id = :link AND state IN {STANDING} AND state <> 'entered' ORDER BY seq LIMIT :most",
            {"link": link_id, "most": most},
        )

    def ids_at_door(self, link_id: str) -> list[str]:
        """The ids of all of these."""
        sql = f"SELECT id FROM knock WHERE link_id = :link AND state IN {STANDING} AND state <> 'entered' ORDER BY seq"
        return [row[0] for row in self._rows(sql, {"link": link_id})]

    def ids_waiting_at(self, link_id: str) -> list[str]:
        """The link's knocks that wait, in order of arrival."""
        sql = f"SELECT id FROM knock WHERE link_id = :link AND state IN {STANDING} AND state = 'waiting' ORDER BY seq"
        return [row[0] for row in self._rows(sql, {"link": link_id})]

    def knocks_of_meeting(self, meeting: Meeting) -> list[Knock]:
        return self._knocks(
            f"link_id = :link AND state IN {STANDING} AND meeting_id = :meeting ORDER BY seq",
            {"link": meeting.link_id, "meeting": meeting.id},
        )

    def knocks_of_session(self, session_hash: str) -> list[Knock]:
        return self._knocks(f"session_hash = :hash AND state IN {STANDING} ORDER BY seq", {"hash": session_hash})

    def knocks_of_account(self, account_id: str) -> list[Knock]:
        return self._knocks(f"account_id = :id AND state IN {STANDING} ORDER BY seq", {"id": account_id})

    def ids_of_waiting(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT id FROM knock WHERE state = 'waiting'")]

    def knocks_away_since(self, at: datetime, most: int) -> list[Knock]:
        """Waiting knocks whose page has been away since that moment or longer."""
        return self._knocks(
            "state = 'waiting' AND away_since <= :at ORDER BY away_since LIMIT :most",
            {"at": milliseconds(at), "most": most},
        )

    def start_absences_anew(self, at: datetime) -> None:
        self._execute(
            "UPDATE knock SET away_since = :at WHERE state = 'waiting' AND away_since IS NOT NULL",
            {"at": milliseconds(at)},
        )

    def knocks_never_came(self, before: datetime, most: int) -> list[Knock]:
        return self._knocks(
            "state = 'admitted' AND clock <= :at ORDER BY clock LIMIT :most",
            {"at": milliseconds(before), "most": most},
        )

    def start_admissions_anew(self, at: datetime) -> None:
        self._execute(
            "UPDATE knock SET clock = :at WHERE state = 'admitted'",
            {"at": milliseconds(at)},
        )

    def knocks_missed(self, link_id: str) -> list[Knock]:
        """Knocks that ended undecided and were not dismissed, newest first."""
        return self._knocks(
            "link_id = :link AND state IN ('withdrawn', 'expired') AND dismissed = 0"
            " AND decision IS NULL AND (reason IS NULL OR reason NOT IN ('walked-in', 'knocked-elsewhere'))"
            " ORDER BY seq DESC LIMIT 100",
            {"link": link_id},
        )

    # contributions

    def meetings_with_people(self) -> list[tuple[Meeting, Contributions]]:
        """Meetings that have begun and have a room, and what their workspaces allow to be kept of contributions."""
        return [
            (_meeting(row[:-1]), Contributions(row[-1]))
            for row in self._rows(
                f"SELECT {MEETING_M}, w.contributions FROM meeting m JOIN link l ON l.id = m.link_id"
                " JOIN account a ON a.id = l.owner_id JOIN workspace w ON w.id = a.workspace_id"
                " WHERE m.ended IS NULL AND m.began IS NOT NULL AND m.room_sid IS NOT NULL ORDER BY m.began"
            )
        ]

    def allowed_contributions(self, link_id: str) -> Contributions:
        """What the workspace of this link allows to be kept of contributions."""
        return Contributions(
            self._value(
                "SELECT w.contributions FROM link l JOIN account a ON a.id = l.owner_id"
                " JOIN workspace w ON w.id = a.workspace_id WHERE l.id = :id",
                {"id": link_id},
            )
        )

    def watch(self, meeting_id: str, observer: str | None, at: datetime) -> None:
        """Note who watches a meeting now; None for nobody."""
        self._execute(
            "INSERT INTO watching (meeting_id, observer, seen) VALUES (:id, :observer, :at)"
            " ON CONFLICT (meeting_id) DO UPDATE SET observer = :observer, seen = :at",
            {"id": meeting_id, "observer": observer, "at": milliseconds(at)},
        )

    def watcher(self, meeting_id: str) -> tuple[str | None, datetime] | None:
        """Who watches a meeting, and when they last said so. None where nobody ever did."""
        row = self._row("SELECT observer, seen FROM watching WHERE meeting_id = :id", {"id": meeting_id})
        return (row[0], moment(row[1])) if row else None

    def add_observed(self, meeting_id: str, event: contribution.Event) -> None:
        """Store what was seen, once. Of somebody who has no seat in the meeting nothing is stored."""
        self._execute(
            "INSERT INTO observed (meeting_id, at, kind, identity) SELECT :id, :at, :kind, :identity"
            " WHERE :identity = '' OR EXISTS (SELECT 1 FROM seat WHERE identity = :identity AND meeting_id = :id)"
            " ON CONFLICT DO NOTHING",
            {"id": meeting_id, "at": event.at, "kind": event.kind, "identity": event.identity},
        )

    def observed(self, meeting_id: str, after: int = 0, most: int = SLICE) -> list[tuple[int, contribution.Event]]:
        """What was seen in a meeting, each with its place in the order of storing, from behind `after`.

        Of a long meeting only some: others would have to wait behind all of it.
        """
        return [
            (row[0], contribution.Event(row[1], contribution.Kind(row[2]), row[4] or "", row[3]))
            for row in self._rows(
                "SELECT o.seq, o.at, o.kind, o.identity, coalesce(s.account_id, s.knock_id) FROM observed o"
                " LEFT JOIN seat s ON s.identity = o.identity WHERE o.meeting_id = :id AND o.seq > :after"
                " ORDER BY o.seq LIMIT :most",
                {"id": meeting_id, "after": after, "most": most},
            )
        ]

    def last_observed(self, meeting_id: str) -> contribution.Event | None:
        """The latest event of a meeting that came from an observer."""
        row = self._row(
            "SELECT at, kind, identity FROM observed WHERE meeting_id = :id AND kind <> 'hand'"
            " ORDER BY at DESC LIMIT 1",
            {"id": meeting_id},
        )
        return contribution.Event(row[0], contribution.Kind(row[1]), "", row[2]) if row else None

    def forget_observed(self, meeting_id: str) -> None:
        """Erase what was seen in a meeting, and that somebody watched."""
        for table in ("observed", "watching"):
            self._execute(f"DELETE FROM {table} WHERE meeting_id = :id", {"id": meeting_id})

    def sat_in(self, meeting_id: str) -> list[Seat]:
        """Every seat that a meeting ever had, in the order in which they connected."""
        return [
            _seat(row)
            for row in self._rows(
                f"SELECT {SEAT} FROM seat WHERE meeting_id = :id ORDER BY joined_at, id", {"id": meeting_id}
            )
        ]

    # webhooks

    def first_time(self, webhook_id: str, at: datetime) -> bool:
        """Remember a webhook's id. False if it came before."""
        return (
            self._execute(
                "INSERT INTO webhook (id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING",
                {"id": webhook_id, "at": milliseconds(at)},
            ).rowcount
            == 1
        )

    def heard_of(self, webhook_id: str) -> bool:
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM webhook WHERE id = :id)", {"id": webhook_id}))

    def forget_webhooks(self, before: datetime) -> None:
        self._execute("DELETE FROM webhook WHERE at < :at", {"at": milliseconds(before)})

    # how statements are run

    def _execute(self, sql: str, values: dict[str, Any] | None = None) -> sqlite3.Cursor:
        return self.connection.execute(sql, values or {})

    def _rows(self, sql: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values or {}).fetchall()

    def _row(self, sql: str, values: dict[str, Any] | None = None) -> tuple[Any, ...] | None:
        rows = self.connection.execute(sql, values or {}).fetchall()
        return rows[0] if rows else None

    def _value(self, sql: str, values: dict[str, Any] | None = None) -> Any:
        return self.connection.execute(sql, values or {}).fetchall()[0][0]

    def _knocks(self, where: str, values: dict[str, Any]) -> list[Knock]:
        return [_knock(row) for row in self._rows(f"SELECT {KNOCK} FROM knock WHERE {where}", values)]

    def _compare_and_set(self, sql: str, values: dict[str, Any]) -> None:
        if self._execute(sql, values).rowcount != 1:
            raise Conflict


def _workspace(row: tuple[Any, ...]) -> Workspace:
    return Workspace(row[0], row[1], Plan(row[2]), row[3], row[4], row[5], Contributions(row[6]), row[7])


def _account(row: tuple[Any, ...]) -> Account:
    return Account(row[0], row[1], row[2], row[3], Role(row[4]), _at(row[5]))


def _doorstep(row: tuple[Any, ...]) -> tuple[Link, Account, Workspace, Meeting | None]:
    meeting = _meeting(row[20:]) if row[20] is not None else None
    return _link(row[:6]), _account(row[6:12]), _workspace(row[12:20]), meeting


@lru_cache(maxsize=1024)
def _setup(stored: str) -> KeptSetup:
    """Kept, since most links and meetings have the same: the one that nobody has touched."""
    return KeptSetup.read(json.loads(stored))


def _link(row: tuple[Any, ...]) -> Link:
    return Link(row[0], row[1], row[2], bool(row[3]), _setup(row[4]), bool(row[5]))


def _meeting(row: tuple[Any, ...]) -> Meeting:
    return Meeting(
        id=row[0],
        link_id=row[1],
        setup=_setup(row[2]),
        opened=moment(row[3]),
        room=row[4],
        room_sid=row[5],
        began=_at(row[6]),
        ended=_at(row[7]),
        reason=row[8],
        ended_by=row[9],
    )


def _seat(row: tuple[Any, ...]) -> Seat:
    return Seat(
        id=row[0],
        meeting_id=row[1],
        account_id=row[2],
        knock_id=row[3],
        identity=row[4],
        name=row[5],
        role=SeatRole(row[6]),
        owner=bool(row[7]),
        state=SeatState(row[8]),
        held_since=_at(row[9]),
        session_hash=row[10],
        ticket_hash=row[11],
        sid=row[12],
        joined_at=_at(row[13]),
        hand_since=_at(row[14]),
        reason=row[15],
        version=row[16],
    )


def _seat_values(seat: Seat) -> dict[str, Any]:
    return {
        "id": seat.id,
        "meeting_id": seat.meeting_id,
        "account_id": seat.account_id,
        "knock_id": seat.knock_id,
        "identity": seat.identity,
        "name": seat.name,
        "role": seat.role,
        "owner": seat.owner,
        "state": seat.state,
        "held_since": _ms(seat.held_since),
        "session_hash": seat.session_hash,
        "ticket_hash": seat.ticket_hash,
        "sid": seat.sid,
        "joined_at": _ms(seat.joined_at),
        "hand_since": _ms(seat.hand_since),
        "reason": seat.reason,
        "version": seat.version,
    }


def _knock(row: tuple[Any, ...]) -> Knock:
    return Knock(
        id=row[0],
        seq=row[1],
        link_id=row[2],
        meeting_id=row[3],
        state=KnockState(row[4]),
        name=row[5],
        message=row[6],
        since=moment(row[7]),
        account_id=row[8],
        session_hash=row[9],
        verified_workspace=row[10],
        verified_role=row[11],
        colleague=bool(row[12]),
        resembles=row[13],
        reason=row[14],
        held=bool(row[15]),
        reply=row[16],
        seen=bool(row[17]),
        away_since=_at(row[18]),
        decided_by=row[19],
        decided_by_id=row[20],
        decision=row[21],
        clock=_at(row[22]),
        over_at=_at(row[23]),
        dismissed=bool(row[24]),
        version=row[25],
    )
