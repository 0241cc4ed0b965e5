"""Moderation on a real LiveKit: who may press, what becomes of each person, and what no client can undo."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from livekit import api, rtc
from livekit.protocol.models import ParticipantPermission

from admission import accounts
from admission.directory import Plan
from admission.setup import Rights
from signal_server.keys import ROOMS, STORE
from signal_server.sfu.permissions import permission
from signal_server.sfu.watch import Watch
from tests.signal_server.front_door import Browser, Events, FrontDoor
from tests.signal_server.test_sfu import connected, eventually, people_in, room_of

ALL = Rights(microphone=True, camera=True, screen_share=True, chat=True)


class Inside:
    """Somebody in the meeting: browser, entry, event stream, and connection to LiveKit where there is one."""

    def __init__(self, browser: Browser, entry: dict[str, Any], events: Events) -> None:
        self.browser, self.entry, self.events = browser, entry, events
        self.identity = entry["identity"]
        self.room: rtc.Room | None = None

    def do(self, call: str, **body: Any) -> Any:
        return self.browser.post(f"/api/v1/meetings/{self.entry['meeting']}/{call}", body or None)

    async def set_up(self, version: int, **fields: Any) -> Any:
        path = f"/api/v1/meetings/{self.entry['meeting']}/setup"
        return await self.browser.call("PATCH", path, {"version": version, **fields})


async def seated(browser: Browser, entry: dict[str, Any]) -> Inside:
    events = await browser.listen(f"/api/v1/meetings/{entry['meeting']}/events")
    await events.next("snapshot")
    return Inside(browser, entry, events)


async def member(door: FrontDoor, name: str) -> Inside:
    browser = await door.signed_in(name)
    return await seated(browser, await door.walk_in(browser))


async def guest(door: FrontDoor, owner: Inside, name: str = "Nora") -> Inside:
    browser, _, entry = await door.let_in(owner.browser, name)
    return await seated(browser, entry)


@contextlib.asynccontextmanager
async def with_sound(person: Inside) -> AsyncIterator[rtc.LocalTrackPublication]:
    """The person is connected, and publishes a microphone."""
    async with connected(person.entry) as room:
        person.room = room
        yield await publish(room, rtc.TrackSource.SOURCE_MICROPHONE)


async def publish(room: rtc.Room, source: Any) -> rtc.LocalTrackPublication:
    track = rtc.LocalAudioTrack.create_audio_track("sound", rtc.AudioSource(48000, 1))
    return await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=source))


async def info(door: FrontDoor, person: Inside) -> api.ParticipantInfo | None:
    async with api.LiveKitAPI(door.livekit.url, door.livekit.key, door.livekit.secret) as livekit:
        answer = await livekit.room.list_participants(api.ListParticipantsRequest(room=room_of(person.entry)))
    return next((one for one in answer.participants if one.identity == person.identity), None)


def results(answer: Any) -> dict[str, str]:
    assert answer.status == 200, answer
    return {one["identity"]: one["result"] for one in answer.body["results"]}


CALLS: list[tuple[str, dict[str, Any], tuple[int, int, int]]] = [
    # call, body, and what it gets: the owner, a moderator, a guest
    ("off", {"source": "microphone", "who": "everyone", "keep": False}, (200, 200, 403)),
    ("allow", {"source": "microphone", "who": "everyone"}, (200, 200, 403)),
    ("ask", {"source": "camera", "who": "everyone"}, (200, 200, 403)),
    ("remove", {"who": "OWNER"}, (403, 403, 403)),
    ("remove", {"who": "everyone"}, (422, 422, 403)),
    ("remove", {"who": "unknown"}, (404, 404, 403)),
    ("end", {}, (204, 403, 403)),
]


@pytest.mark.parametrize(("call", "body", "statuses"), CALLS)
async def test_each_call_by_each_role_in_the_meeting(
    door: FrontDoor, call: str, body: dict[str, Any], statuses: tuple[int, int, int]
) -> None:
    owner = await member(door, "Olga")
    carl, nora = await member(door, "Carl"), await guest(door, owner)
    body = {key: owner.identity if value == "OWNER" else value for key, value in body.items()}
    for person, status in ((nora, statuses[2]), (carl, statuses[1]), (owner, statuses[0])):
        assert (await person.do(call, **body)).status == status


async def test_off_once_mutes_who_is_on_tells_them_by_whom_and_they_may_turn_it_on_again(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora, max_ = await guest(door, owner, "Nora"), await guest(door, owner, "Max")
    async with with_sound(nora) as sound, connected(max_.entry):
        await eventually(lambda: tracks(door, nora, 1))
        pressed = await owner.do("off", source="microphone", who="everyone")
        assert results(pressed) == {nora.identity: "done", max_.identity: "already"}
        assert await nora.events.until("notice") == {"kind": "off", "by": "Olga Owner", "source": "microphone"}
        await eventually(lambda: is_muted(door, nora, True))
        again = await owner.do("off", source="microphone", who=nora.identity)
        assert results(again) == {nora.identity: "already"}
        sound.track.unmute()  # type: ignore[union-attr]
        await eventually(lambda: is_muted(door, nora, False))


async def tracks(door: FrontDoor, person: Inside, number: int) -> bool:
    found = await info(door, person)
    return found is not None and len(found.tracks) == number


async def is_muted(door: FrontDoor, person: Inside, muted: bool) -> bool:
    found = await info(door, person)
    return found is not None and [track.muted for track in found.tracks] == [muted]


async def may(door: FrontDoor, person: Inside, *sources: str) -> bool:
    found = await info(door, person)
    assert found is not None
    names = {api.TrackSource.Name(source).lower() for source in found.permission.can_publish_sources}
    return names == set(sources)


async def test_a_microphone_that_is_kept_off_cannot_be_turned_on_again_and_whoever_enters_later_has_it_off(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    carl, nora = await member(door, "Carl"), await guest(door, owner)
    async with with_sound(nora), connected(carl.entry):
        await eventually(lambda: tracks(door, nora, 1))
        pressed = await owner.do("off", source="microphone", who="everyone", keep=True)
        assert results(pressed) == {carl.identity: "already", nora.identity: "done"}
        assert (await nora.events.until("setup"))["microphone"] == "moderators"
        assert (await nora.events.until("rights"))["microphone"] is False
        assert (await nora.events.until("notice"))["kind"] == "kept-off"
        await eventually(lambda: tracks(door, nora, 0))
        assert await may(door, nora, "camera", "screen_share")
        assert (
            results(await owner.do("off", source="microphone", who="everyone", keep=True))[nora.identity] == "already"
        )

        late = await guest(door, owner, "Late")
        async with connected(late.entry):
            assert await may(door, late, "camera", "screen_share")

        allowed = await owner.do("allow", source="microphone", who=nora.identity)
        assert results(allowed) == {nora.identity: "done"}
        assert (await nora.events.until("rights"))["microphone"] is True
        assert nora.room is not None
        await publish(nora.room, rtc.TrackSource.SOURCE_MICROPHONE)

        spared = await owner.do("off", source="microphone", who="everyone")
        assert nora.identity not in results(spared), "who has an exception stays as they are"


async def test_a_microphone_that_is_kept_off_cannot_be_turned_on_again_not_even_by_a_changed_client(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with with_sound(nora) as sound:
        await eventually(lambda: tracks(door, nora, 1))
        await owner.do("off", source="microphone", who=nora.identity, keep=True)
        await eventually(lambda: tracks(door, nora, 0))
        assert nora.room is not None
        sound.track.unmute()  # type: ignore[union-attr]
        for source in (rtc.TrackSource.SOURCE_MICROPHONE, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO):
            with contextlib.suppress(TimeoutError, rtc.participant.PublishTrackError):
                await asyncio.wait_for(publish(nora.room, source), 1)
            assert await tracks(door, nora, 0)


async def test_whoever_enters_while_microphones_are_kept_off_enters_with_theirs_off(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    await owner.do("off", source="microphone", who="everyone", keep=True)
    nora = await guest(door, owner)
    async with connected(nora.entry):
        assert await may(door, nora, "camera", "screen_share")


async def test_microphone_off_for_everyone_reports_each_person_and_spares_the_moderator_who_pressed_it(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    nora, max_, gone = [await guest(door, owner, name) for name in ("Nora", "Max", "Gone")]
    async with with_sound(owner), with_sound(nora), connected(max_.entry):
        await eventually(lambda: tracks(door, owner, 1))
        await eventually(lambda: tracks(door, nora, 1))
        pressed = await owner.do("off", source="microphone", who="everyone")
        assert results(pressed) == {nora.identity: "done", max_.identity: "already", gone.identity: "left"}
        await eventually(lambda: is_muted(door, nora, True))
        assert await is_muted(door, owner, False)


async def test_a_person_who_is_muted_is_told_at_once_and_by_whom(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with with_sound(nora):
        await eventually(lambda: tracks(door, nora, 1))
        for keep, kind in ((False, "off"), (True, "kept-off")):
            await owner.do("off", source="microphone", who=nora.identity, keep=keep)
            told = {"kind": kind, "by": "Olga Owner", "source": "microphone"}
            assert await nora.events.until("notice") == told


async def test_a_guest_who_may_speak_again_does_so_without_reloading(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with with_sound(nora):
        await owner.do("off", source="microphone", who="everyone", keep=True)
        await eventually(lambda: tracks(door, nora, 0))
        await owner.do("allow", source="microphone", who="everyone")
        await nora.events.until("rights", microphone=True)
        await eventually(lambda: may(door, nora, "camera", "microphone", "screen_share", "screen_share_audio"))
        assert nora.room is not None
        await publish(nora.room, rtc.TrackSource.SOURCE_MICROPHONE)
        await eventually(lambda: is_muted(door, nora, False))


async def test_a_removed_guest_who_knocks_again_appears_without_a_reload_and_can_be_admitted_to_the_same_meeting(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    bell = await owner.browser.listen("/api/v1/doorbell/events")
    nora = await guest(door, owner)
    await owner.do("remove", who=nora.identity)
    _, again = await door.knock("Nora", nora.browser)
    await bell.until("knock", id=again["id"])
    assert (await door.decide(owner.browser, again, "admit")).status == 200
    back = await nora.browser.post(f"/api/v1/knocks/{again['id']}/entry")
    assert back.body["entry"]["meeting"] == nora.entry["meeting"]
    assert back.body["entry"]["identity"] != nora.identity


async def test_a_token_from_before_gives_no_right_back(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with with_sound(nora):
        await owner.do("off", source="microphone", who="everyone", keep=True)
    async with connected(nora.entry):  # the token that was signed when it was allowed
        await eventually(lambda: may(door, nora, "camera", "screen_share"))


async def test_whoever_was_allowed_by_name_is_told_when_it_is_kept_off_for_everyone_again(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    everyone = {"source": "microphone", "who": "everyone", "keep": True}
    await owner.do("off", **everyone)
    await owner.do("allow", source="microphone", who=nora.identity)
    await nora.events.until("rights", microphone=True)
    await owner.do("off", **everyone)
    await nora.events.until("rights", microphone=False)


async def test_one_person_kept_off_stays_off_and_others_do_not(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora, max_ = await guest(door, owner, "Nora"), await guest(door, owner, "Max")
    async with connected(nora.entry), connected(max_.entry):
        await owner.do("off", source="camera", who=nora.identity, keep=True)
        await eventually(lambda: may(door, nora, "microphone", "screen_share", "screen_share_audio"))
        assert await may(door, max_, "camera", "microphone", "screen_share", "screen_share_audio")
    again = await nora.browser.post(f"{door.link}/entry", {"name": "Nora"})
    entry = await nora.browser.post(f"/api/v1/knocks/{again.body['knock']['id']}/entry")
    async with connected(entry.body["entry"]):
        assert await may(door, nora, "microphone", "screen_share", "screen_share_audio")


async def test_sound_under_another_name_is_put_out(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    await owner.do("off", source="microphone", who="everyone", keep=True)
    async with connected(owner.entry), connected(nora.entry) as room:
        await eventually(lambda: may(door, nora, "camera", "screen_share"))
        await publish(room, rtc.TrackSource.SOURCE_CAMERA)
        assert (await nora.events.until("over"))["reason"] == "removed"

        async def is_out() -> bool:
            return nora.identity not in await people_in(door, room_of(nora.entry))

        await eventually(is_out)


async def test_a_share_is_stopped_and_may_be_begun_again(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with connected(nora.entry) as room:
        picture = rtc.LocalVideoTrack.create_video_track("share", rtc.VideoSource(16, 16))
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE)
        await room.local_participant.publish_track(picture, options)
        await eventually(lambda: tracks(door, nora, 1))
        stopped = await owner.do("off", source="screen_share", who=nora.identity)
        assert results(stopped) == {nora.identity: "done"}
        await eventually(lambda: tracks(door, nora, 0))
        assert await may(door, nora, "camera", "microphone", "screen_share", "screen_share_audio")


async def test_no_call_turns_on_another_persons_microphone_the_person_is_asked(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    assert results(await owner.do("ask", source="microphone", who=nora.identity)) == {nora.identity: "done"}
    assert await nora.events.until("notice") == {"kind": "asked", "by": "Olga Owner", "source": "microphone"}


async def test_a_removed_guest_cannot_return_but_by_a_new_knock_which_the_owner_sees_at_once(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    bell = await owner.browser.listen("/api/v1/doorbell/events")
    nora = await guest(door, owner)
    async with connected(owner.entry), connected(nora.entry):
        assert (await owner.do("remove", who=nora.identity)).status == 204
        assert (await nora.events.until("notice"))["kind"] == "removed"
        assert await nora.events.next("over") == {"reason": "removed", "by": "Olga Owner"}

        async def is_out() -> bool:
            return nora.identity not in await people_in(door, room_of(nora.entry))

        await eventually(is_out)
        assert (await owner.do("remove", who=nora.identity)).status == 204, "again is fine"
        replayed = rtc.Room()
        with contextlib.suppress(rtc.ConnectError):
            await replayed.connect(nora.entry["livekit_url"], nora.entry["token"])
        await eventually(is_out)
        await replayed.disconnect()
    view = await nora.browser.get(door.link)
    assert (view.body["knock"]["state"], view.body["knock"]["reason"]) == ("left", "removed")
    assert (await nora.browser.post(f"/api/v1/knocks/{view.body['knock']['id']}/entry")).problem == "over"
    _, again = await door.knock("Nora", nora.browser)
    await bell.until("knock", id=again["id"])


async def test_a_member_who_was_removed_may_enter_again(door: FrontDoor) -> None:
    owner, carl = await member(door, "Olga"), await member(door, "Carl")
    await owner.do("remove", who=carl.identity)
    back = await door.walk_in(carl.browser)
    assert back["identity"] != carl.identity


async def test_a_locked_room_takes_no_new_outsider_and_its_lock_ends_with_it(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    waiting, knock = await door.knock("Waiting")
    assert (await owner.set_up(1, locked=True)).status == 200
    outsider = door.browser()
    answer = await outsider.post(f"{door.link}/entry", {"name": "Nora"})
    assert (answer.status, answer.problem) == (423, "room-locked")
    assert (await waiting.get(door.link)).body["knock"]["state"] == "waiting"
    await member(door, "Carl")
    kept = await owner.browser.call("PATCH", f"{door.link}/setup", {"version": 1, "locked": True})
    assert kept.problem == "invalid", "never kept"
    assert (await owner.do("end")).status == 204
    await door.knock(browser=outsider)
    assert (await door.decide(owner.browser, knock, "admit")).status == 200


async def test_ended_for_everyone_all_are_out_by_name_and_the_link_works_again(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    bell = await owner.browser.listen("/api/v1/doorbell/events")
    nora = await guest(door, owner)
    held, knock = await door.knock("Held")
    await door.decide(owner.browser, knock, "hold")
    async with connected(nora.entry):
        assert (await owner.do("end")).status == 204
        assert await nora.events.until("over") == {"reason": "ended", "by": "Olga Owner"}
        await bell.until("knock", id=knock["id"], held=False, state="waiting")

        async def closed() -> bool:
            return not await people_in(door, room_of(nora.entry))

        await eventually(closed)
    again = await member(door, "Olga")
    assert again.entry["meeting"] != owner.entry["meeting"]
    assert (await held.get(door.link)).body["knock"]["state"] == "waiting"


async def test_a_moderator_ends_it_only_while_the_owner_is_not_in(door: FrontDoor) -> None:
    owner, carl = await member(door, "Olga"), await member(door, "Carl")
    assert (await carl.do("end")).problem == "forbidden"
    await owner.do("leave", identity=owner.identity)
    assert (await carl.do("end")).status == 204


async def test_two_moderators_who_change_at_once_do_not_lose_each_others_change(door: FrontDoor) -> None:
    owner, carl = await member(door, "Olga"), await member(door, "Carl")
    answers = await asyncio.gather(owner.set_up(1, microphone="moderators"), carl.set_up(1, camera="moderators"))
    assert [answer.status for answer in answers] == [200, 200]
    late = await carl.set_up(1, microphone="everyone")
    assert (late.status, late.problem, late.body["setup"]["microphone"]) == (409, "setup-changed", "moderators")


OWNERS_FIELDS = [("admitters", "moderators"), ("colleagues", "knock"), ("seats", 6), ("contributions", "off")]


@pytest.mark.parametrize(("field", "value"), OWNERS_FIELDS)
async def test_the_owners_fields_are_the_owners(door: FrontDoor, field: str, value: Any) -> None:
    owner, carl = await member(door, "Olga"), await member(door, "Carl")
    assert (await carl.set_up(1, **{field: value})).problem == "forbidden"
    changed = await owner.set_up(1, **{field: value})
    assert (changed.status, changed.body[field]) == (200, value)
    kept = await owner.browser.call("PATCH", f"{door.link}/setup", {"version": 1, field: value})
    assert (kept.status, kept.body[field]) == (200, value)


async def test_seats_stay_within_the_plan(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    for seats in (1, 13):
        answer = await owner.set_up(1, seats=seats)
        assert (answer.problem, list(answer.body["errors"])) == ("invalid", ["seats"])


async def test_seats_set_back_to_the_plans_grow_with_the_plan(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    path = f"{door.link}/setup"
    for version, seats in ((1, 8), (2, 12)):
        assert (await owner.set_up(version, seats=seats)).body["seats"] == seats
        kept = await owner.browser.call("PATCH", path, {"version": version, "seats": seats})
        assert (kept.status, kept.body["seats"]) == (200, seats)
    choices = accounts.WorkspaceChoices(plan=Plan.PREMIUM)
    await door.app[STORE].run(lambda repository: accounts.set_workspace(repository, "Acme", choices))
    for setup in (f"/api/v1/meetings/{owner.entry['meeting']}/setup", path):
        assert (await owner.browser.get(setup)).body["seats"] == 200


async def test_what_is_kept_on_the_link_holds_in_the_next_meeting_and_a_meetings_change_does_not_last(
    door: FrontDoor,
) -> None:
    owner = await member(door, "Olga")
    await owner.set_up(1, subject="Only today")
    await owner.browser.call("PATCH", f"{door.link}/setup", {"version": 1, "chat": "moderators"})
    await owner.do("end")
    again = await owner.browser.listen(f"/api/v1/meetings/{(await door.walk_in(owner.browser))['meeting']}/events")
    setup = (await again.next("snapshot"))["setup"]
    assert (setup["chat"], setup["subject"]) == ("moderators", "")


async def test_with_admitters_moderators_their_doorbells_ring_and_stop_as_they_may_decide(door: FrontDoor) -> None:
    owner, carl = await member(door, "Olga"), await member(door, "Carl")
    bell = await carl.browser.listen("/api/v1/doorbell/events")
    assert (await bell.next("snapshot"))["knocks"] == []
    _, knock = await door.knock()
    await owner.set_up(1, admitters="moderators")
    await bell.until("knock", id=knock["id"])
    await owner.set_up(2, admitters="owner")
    assert (await bell.until("gone"))["id"] == knock["id"]
    await owner.set_up(3, admitters="moderators")
    await bell.until("knock", id=knock["id"])
    assert (await door.decide(carl.browser, knock, "admit")).body["knock"]["decided_by"] == "Carl Colleague"
    _, second = await door.knock("Second")
    await bell.until("knock", id=second["id"])
    await carl.do("leave", identity=carl.identity)
    await bell.until("gone", id=second["id"])


async def test_a_guests_call_to_silence_anyone_is_refused_by_the_server_and_changes_nothing(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with with_sound(owner):
        await eventually(lambda: tracks(door, owner, 1))
        for who in ("everyone", owner.identity):
            assert (await nora.do("off", source="microphone", who=who, keep=True)).problem == "forbidden"
        assert (await nora.set_up(1, microphone="moderators")).problem == "forbidden"
        assert await is_muted(door, owner, False)


# -- what was decided last holds --


class Allowed:
    """LiveKit, as far as it lets one person do something. Its first answer takes a while."""

    def __init__(self, door: FrontDoor, person: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        self.person = api.ParticipantInfo(identity=person.identity, sid="PA_1", permission=permission(ALL))
        self.slow = [0.3]
        monkeypatch.setattr(door.app[ROOMS], "participants", self.participants)
        monkeypatch.setattr(door.app[ROOMS], "permit", self.permit)

    async def participants(self, room: str) -> list[api.ParticipantInfo]:
        answer = api.ParticipantInfo()
        answer.CopyFrom(self.person)
        return [answer]

    async def permit(self, room: str, identity: str, allowed: ParticipantPermission) -> None:
        if self.slow:
            await asyncio.sleep(self.slow.pop())
        self.person.permission.CopyFrom(allowed)

    @property
    def microphone(self) -> bool:
        return api.TrackSource.MICROPHONE in self.person.permission.can_publish_sources


async def test_of_two_moderators_the_last_press_holds_in_livekit_too(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga, carl = await member(door, "Olga"), await member(door, "Carl")
    nora = await guest(door, olga)
    livekit = Allowed(door, nora, monkeypatch)
    livekit.slow.clear()
    assert results(await olga.do("off", source="microphone", who=nora.identity, keep=True))[nora.identity] == "done"
    livekit.slow = [0.3]
    allows = asyncio.create_task(carl.do("allow", source="microphone", who=nora.identity))
    await asyncio.sleep(0.1)
    kept_off = await olga.do("off", source="microphone", who=nora.identity, keep=True)
    assert results(await allows) == results(kept_off) == {nora.identity: "done"}
    assert not livekit.microphone


async def test_reconciling_gives_back_nothing_that_was_taken_meanwhile(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await member(door, "Olga")
    nora = await guest(door, olga)
    livekit = Allowed(door, nora, monkeypatch)
    livekit.slow.clear()
    rooms, listed = door.app[ROOMS], door.app[ROOMS].listed

    async def kept_off_meanwhile(names: list[str] | None = None) -> dict[str, str]:
        assert (await olga.do("off", source="microphone", who="everyone", keep=True)).status == 200
        return await listed(names)

    monkeypatch.setattr(rooms, "listed", kept_off_meanwhile)
    await Watch(door.app[STORE], rooms, 30, timedelta(minutes=15))._round()
    assert not livekit.microphone
