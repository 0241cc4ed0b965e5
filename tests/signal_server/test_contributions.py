"""Contributions over HTTP: live on the meeting's stream, as JSON and CSV, after it, and erased. Observed by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from admission import accounts, arrivals, observing
from admission.accounts import WorkspaceChoices
from admission.contribution import Event, Kind
from admission.setup import Contributions
from admission.store.repository import SLICE, Repository, milliseconds
from signal_server.clock import now
from signal_server.keys import STORE
from tests.signal_server.front_door import Browser, FrontDoor


class Hand:
    """An observer whose events the test writes: each is (seconds since it began, kind, identity)."""

    def __init__(self, door: FrontDoor, meeting_id: str) -> None:
        self.door = door
        self.meeting_id = meeting_id
        self.began = milliseconds(now())

    async def take(self, *identities: str) -> None:
        """Begin to watch: LiveKit has told who is in the meeting, one after another."""

        def use_case(repository: Repository) -> None:
            meeting = repository.meeting(self.meeting_id)
            assert meeting is not None
            for index, identity in enumerate(identities):
                at = now() - timedelta(seconds=60 - index)
                arrivals.joined(repository, meeting.room_name, identity, f"PA_{index}", at)
            observing.assign(repository, "by-hand", 10, now())

        await self.door.app[STORE].run(use_case)

    async def write(self, events: Sequence[tuple[float, Kind, str]]) -> None:
        written = [Event(self.began + round(at * 1000), kind, "", identity) for at, kind, identity in events]
        stored = await self.door.app[STORE].run(
            partial(observing.observe, meeting_id=self.meeting_id, observer="by-hand", events=written)
        )
        assert stored, "the meeting is ours to watch"


async def watched(door: FrontDoor, *entries: dict[str, Any]) -> Hand:
    """A meeting whose people talked before now: the owner for 2 s, the others for 1 s each, one after another."""
    hand = Hand(door, entries[0]["meeting"])
    hand.began -= 60_000
    await hand.take(*(entry["identity"] for entry in entries))
    await hand.write([(0, Kind.RESUMED, "")])
    for index, entry in enumerate(entries):
        at, length = 1 + 5 * index, 1 if index else 2
        await hand.write(
            [
                (at, Kind.JOINED, entry["identity"]),
                (at + 0.1, Kind.MICROPHONE_ON, entry["identity"]),
                (at + 1, Kind.SPEAKING, entry["identity"]),
                (at + 1 + length, Kind.SILENT, entry["identity"]),
            ]
        )
    return hand


def path(entry: dict[str, Any], kind: str = "") -> str:
    return f"/api/v1/meetings/{entry['meeting']}/contributions{kind}"


async def over(owner: Browser, entry: dict[str, Any]) -> None:
    assert (await owner.post(f"/api/v1/meetings/{entry['meeting']}/end")).status == 204


async def test_everybody_in_the_meeting_guests_too_sees_live_who_spoke_how_long(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    hand = await watched(door, mine, theirs)
    for browser in (owner, guest):
        stream = await browser.listen(f"/api/v1/meetings/{mine['meeting']}/events")
        shown = (await stream.next("snapshot"))["contributions"]
        assert shown["state"] == "live"
        assert [(one["name"], one["role"], one["talk"], one["turns"]) for one in shown["people"]] == [
            ("Olga Owner", "moderator", 2, 1),
            ("Nora", "guest", 1, 1),
        ]
        assert (shown["talk"], shown["overlap"]) == (3, 0)
    await hand.write([(30, Kind.CAMERA_ON, theirs["identity"]), (31, Kind.CAMERA_OFF, theirs["identity"])])
    told = await stream.until("contributions")
    while not any(one["camera"] for one in told["people"]):
        told = await stream.until("contributions")
    assert [(one["name"], one["camera"]) for one in told["people"]] == [("Nora", 1)], "only what changed"


async def test_figures_are_paused_without_an_observer(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    stream = await owner.listen(f"/api/v1/meetings/{mine['meeting']}/events")
    assert (await stream.next("snapshot"))["contributions"] == {
        "state": "paused",
        "seconds": 0,
        "talk": 0,
        "overlap": 0,
        "people": [],
    }
    await watched(door, mine)
    told = await stream.until("contributions", state="live")
    assert [one["name"] for one in told["people"]] == ["Olga Owner"]


async def test_who_left_is_marked_also_while_figures_are_paused(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    hand = await watched(door, mine, theirs)
    await hand.write([(40, Kind.LEFT, mine["identity"]), (40.1, Kind.PAUSED, "")])
    assert (
        await guest.post(f"/api/v1/meetings/{mine['meeting']}/leave", {"identity": theirs["identity"]})
    ).status == 204
    stream = await owner.listen(f"/api/v1/meetings/{mine['meeting']}/events")
    shown = (await stream.next("snapshot"))["contributions"]
    assert shown["state"] == "paused"
    assert [(one["name"], one["here"]) for one in shown["people"]] == [("Olga Owner", True), ("Nora", False)]


async def test_off_shows_nothing_and_says_so_at_once(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    await watched(door, mine)
    stream = await owner.listen(f"/api/v1/meetings/{mine['meeting']}/events")
    assert (await stream.next("snapshot"))["contributions"]["people"]
    setup = f"/api/v1/meetings/{mine['meeting']}/setup"
    assert (await owner.call("PATCH", setup, {"version": 1, "contributions": "off"})).status == 200
    assert (await stream.next("setup"))["contributions"] == "off"
    assert await stream.next("contributions") is None
    assert (await owner.get(path(mine))).problem == "not-found"


async def test_a_link_tells_everybody_what_is_counted_before_they_enter(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    stranger = door.browser()
    workspace = (await owner.get("/api/v1/session")).body["workspace"]

    async def told() -> Any:
        return (await stranger.get(door.link)).body["contributions"]

    def allow(most: Contributions) -> Callable[[Repository], object]:
        return lambda repository: accounts.set_workspace(
            repository, workspace["name"], WorkspaceChoices(contributions=most)
        )

    assert (await told(), workspace["contributions"]) == ("kept", "kept")
    mine = await door.walk_in(owner)
    changed = {"version": 1, "contributions": "live"}
    assert (await owner.call("PATCH", f"/api/v1/meetings/{mine['meeting']}/setup", changed)).status == 200
    assert await told() == "live", "of the meeting that runs"
    await over(owner, mine)
    assert await told() == "kept", "of the next one"
    await door.app[STORE].run(allow(Contributions.OFF))
    assert await told() == "off", "whatever the set-up says"
    assert (await owner.get("/api/v1/session")).body["workspace"]["contributions"] == "off"


async def test_a_raised_hand_counts_for_the_connection_that_sent_it_whatever_it_claims(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    await watched(door, mine, theirs)
    hand = f"/api/v1/meetings/{mine['meeting']}/hand"
    assert (await guest.post(hand, {"identity": mine["identity"], "raised": True})).problem == "forbidden"
    assert (await guest.post(hand, {"identity": theirs["identity"], "raised": True})).status == 200
    assert [one["hands"] for one in (await guest.get(path(mine))).body["people"]] == [0, 1]


async def test_a_browser_cannot_add_to_the_figures(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    hand = await watched(door, mine, theirs)
    await hand.write([(20, Kind.LEFT, theirs["identity"])])
    before = (await guest.get(path(mine))).body["people"][1]
    for method in ("POST", "PUT", "PATCH"):
        answer = await guest.call(method, path(mine), {"people": [{**before, "talk": 9999}]})
        assert answer.problem == "wrong-method", method
    assert (await guest.get(path(mine))).body["people"][1] == before


async def test_the_record_has_the_times_of_everybody(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    _, _, theirs = await door.let_in(owner, "Nora")
    hand = await watched(door, mine, theirs)
    await over(owner, mine)
    record = (await owner.get(path(mine))).body
    assert (record["state"], record["owner"]) == ("ended", {"name": "Olga Owner"})
    assert record["began"] < record["ended"]
    olga, nora = record["people"]
    (talked,) = olga["lanes"]["talk"]
    assert round(talked[1] - talked[0], 3) == 2
    assert round(nora["lanes"]["talk"][0][0] - talked[0], 3) == 5
    assert len(record["watched"]) == 1
    assert hand.meeting_id == record["meeting"]


async def test_figures_and_csv_of_a_past_meeting_are_there_for_members_without_anybody_having_saved_them(
    door: FrontDoor,
) -> None:
    owner, colleague, elsewhere = [await door.signed_in(name) for name in ("Olga", "Carl", "Ada")]
    mine = await door.walk_in(owner)
    carls = await door.walk_in(colleague)
    guest, _, theirs = await door.let_in(owner, "Nora")
    await watched(door, mine, carls, theirs)
    for browser, during in ((owner, 200), (colleague, 200), (guest, 200), (elsewhere, 404), (door.browser(), 404)):
        assert (await browser.get(path(mine))).status == during
    await over(owner, mine)
    for browser, after in ((owner, 200), (colleague, 200), (guest, 404), (elsewhere, 404), (door.browser(), 404)):
        assert (await browser.get(path(mine))).status == after
        assert (await browser.get(path(mine, ".csv"))).status == after


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", 'Nora "N", the 1st', "Zoë 🦉"])
async def test_the_table_opens_in_a_spreadsheet_and_computes_nothing(door: FrontDoor, name: str) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    _, _, theirs = await door.let_in(owner, name)
    await watched(door, mine, theirs)
    answer = await owner.get(path(mine, ".csv"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contributions.csv"'
    assert answer.body.count("\r\n") == 3
    olga, nora = csv.DictReader(io.StringIO(answer.body, newline=""))
    assert nora["name"] == (f"'{name}" if name[0] in "=+-@" else name)
    assert (olga["talk_seconds"], olga["talk_share"]) == ("2.0", "0.6667")
    assert (nora["role"], nora["turns"], nora["left"]) == ("guest", "1", "")


async def test_a_long_meeting_is_read_in_slices_and_is_whole(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    hand = await watched(door, mine)
    said = [
        (20 + number / 1000, Kind.SILENT if number % 2 else Kind.SPEAKING, mine["identity"])
        for number in range(2 * SLICE + 100)
    ]
    await hand.write(said)
    stream = await owner.listen(f"/api/v1/meetings/{mine['meeting']}/events")
    (live,) = (await stream.next("snapshot"))["contributions"]["people"]
    await over(owner, mine)
    (after,) = (await owner.get(path(mine))).body["people"]
    assert live["talk"] == after["talk"] == pytest.approx(2 + len(said) / 2000)


async def test_the_owner_erases_a_meetings_figures_at_once(door: FrontDoor) -> None:
    owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
    mine = await door.walk_in(owner)
    await watched(door, mine, await door.walk_in(colleague))
    assert (await owner.delete(path(mine))).problem == "forbidden", "not while it runs"
    await over(owner, mine)
    assert (await colleague.delete(path(mine))).problem == "forbidden"
    assert (await owner.delete(path(mine))).status == 204
    assert (await owner.get(path(mine))).status == 404
