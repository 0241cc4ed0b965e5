"""Hands and reactions: one order for all, from whom they say, and within bounds."""

import asyncio
from typing import Any

import pytest

from tests.signal_server.front_door import Browser, Events, FrontDoor


async def inside(browser: Browser, entry: dict[str, Any]) -> Events:
    stream = await browser.listen(f"/api/v1/meetings/{entry['meeting']}/events")
    await stream.next("snapshot")
    return stream


def hand(browser: Browser, entry: dict[str, Any], raised: bool, identity: str | None = None) -> Any:
    body = {"identity": identity or entry["identity"], "raised": raised}
    return browser.post(f"/api/v1/meetings/{entry['meeting']}/hand", body)


async def test_hands_have_one_order_for_all_and_pressing_twice_keeps_the_place(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    streams = [await inside(owner, mine), await inside(guest, theirs)]
    await hand(guest, theirs, True)
    await hand(owner, mine, True)
    await hand(guest, theirs, True)
    for stream in streams:
        assert [one["name"] for one in (await stream.next("hands"))["hands"]] == ["Nora"]
        assert [one["name"] for one in (await stream.next("hands"))["hands"]] == ["Nora", "Olga Owner"]
        assert stream.queue.empty()
    late = await owner.listen(f"/api/v1/meetings/{mine['meeting']}/events")
    assert [one["name"] for one in (await late.next("snapshot"))["hands"]] == ["Nora", "Olga Owner"]


async def test_a_moderator_lowers_anybodys_hand_and_a_guest_only_their_own(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    nora, _, noras = await door.let_in(owner, "Nora")
    max_, _, maxs = await door.let_in(owner, "Max")
    for browser, entry in ((nora, noras), (max_, maxs), (owner, mine)):
        await hand(browser, entry, True)
    assert (await hand(nora, noras, False, maxs["identity"])).problem == "forbidden"
    assert (await hand(nora, noras, False, "everyone")).problem == "forbidden"
    assert (await hand(owner, mine, True, noras["identity"])).problem == "forbidden", "nobody raises another's"
    answer = await hand(owner, mine, False, noras["identity"])
    assert [one["name"] for one in answer.body["hands"]] == ["Max", "Olga Owner"]
    assert (await hand(owner, mine, False, "everyone")).body == {"hands": []}


async def test_a_hand_goes_down_with_its_person(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    stream = await inside(owner, await door.walk_in(owner))
    guest, _, theirs = await door.let_in(owner, "Nora")
    await hand(guest, theirs, True)
    assert len((await stream.next("hands"))["hands"]) == 1
    await guest.post(f"/api/v1/meetings/{theirs['meeting']}/leave", {"identity": theirs["identity"]})
    assert await stream.next("hands") == {"hands": []}


async def test_a_reaction_comes_from_whom_it_says_and_at_most_five_a_second(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    stream = await inside(owner, mine)
    guest, _, theirs = await door.let_in(owner, "Nora")
    path = f"/api/v1/meetings/{theirs['meeting']}/reaction"
    pretended = await guest.post(path, {"identity": mine["identity"], "reaction": "clap"})
    assert pretended.problem == "forbidden"
    answers = await asyncio.gather(
        *(guest.post(path, {"identity": theirs["identity"], "reaction": "clap"}) for _ in range(8))
    )
    assert sorted(answer.status for answer in answers) == [204] * 5 + [429] * 3
    told = await stream.next("reaction")
    assert told == {"identity": theirs["identity"], "name": "Nora", "reaction": "clap"}
    assert (await owner.post(path, {"identity": mine["identity"], "reaction": "clap"})).status == 204


async def test_a_hand_goes_up_five_times_a_second_at_most_and_down_always(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal_server.moving_window.monotonic", lambda: 1000.0)
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, _, theirs = await door.let_in(owner, "Nora")
    stream = await inside(owner, mine)
    for _ in range(5):
        assert (await hand(guest, theirs, True)).status == 200
        assert (await hand(guest, theirs, True)).status == 200, "it is up already, and costs nobody anything"
        assert (await hand(guest, theirs, False)).status == 200
    refused = await hand(guest, theirs, True)
    assert (refused.status, refused.problem) == (429, "too-many-requests")
    assert (await hand(guest, theirs, False)).body == {"hands": []}
    assert (await hand(owner, mine, True)).status == 200, "others are free"
    told = [len((await stream.next("hands"))["hands"]) for _ in range(11)]
    assert told == [1, 0] * 5 + [1]


@pytest.mark.parametrize("reaction", ["", "<b>", "x" * 1000, None, 7])
async def test_only_known_reactions_are_taken(door: FrontDoor, reaction: Any) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    answer = await owner.post(
        f"/api/v1/meetings/{mine['meeting']}/reaction", {"identity": mine["identity"], "reaction": reaction}
    )
    assert (answer.status, list(answer.body["errors"])) == (422, ["reaction"])
