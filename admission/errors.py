"""Everything this domain refuses, by name. The edges answer each with one status (signal_server/problems.py)."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A rule said no. Nothing was changed. `code` is the problem's name in the HTTP contract."""

    code: ClassVar[str]


class NotFound(Refusal):
    """There is no such thing, or it must not be told that there is."""

    code = "not-found"


class NotSignedIn(Refusal):
    code = "sign-in-first"


class SignInFailed(Refusal):
    code = "sign-in-failed"


class Forbidden(Refusal):
    code = "forbidden"


class TurnedAway(Refusal):
    """The door is shut to somebody. `meeting_id` is the meeting behind it, where there is one."""

    def __init__(self, meeting_id: str | None = None) -> None:
        super().__init__(self.code)
        self.meeting_id = meeting_id


class MeetingFull(TurnedAway):
    code = "meeting-full"


class RoomLocked(TurnedAway):
    code = "room-locked"


class LinkClosed(Refusal):
    code = "link-closed"


class TooManyRequests(Refusal):
    code = "too-many-requests"

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"again in {retry_after:.0f} s")
        self.retry_after = retry_after


class NotDecided(Refusal):
    code = "not-decided"


class Refused(Refusal):
    code = "refused"

    def __init__(self, word: str | None = None) -> None:
        super().__init__("refused")
        self.word = word


class Over(Refusal):
    """The knock, seat or meeting has ended."""

    code = "over"


class AlreadyDecided(Refusal):
    code = "already-decided"

    def __init__(self, decided_by: str | None, decision: str) -> None:
        super().__init__("already decided")
        self.decided_by = decided_by
        self.decision = decision


class Connected(Refusal):
    """The guest is in the meeting already: an admission cannot be taken back any more."""

    code = "connected"


class Invalid(Refusal):
    """Input that cannot be taken: each field with the reason."""

    code = "invalid"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in errors.items()))
        self.errors = errors


class IllegalTransition(Exception):
    """A state machine was asked for a move that its table does not have. A mistake of ours, never of a visitor's."""


class Conflict(Exception):
    """Somebody else changed the row between reading and writing; the use case is to be run again."""
