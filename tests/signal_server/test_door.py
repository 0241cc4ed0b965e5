"""The way of a knock over HTTP, on a real LiveKit: what each browser is told, and when."""

import asyncio
import time
from typing import Any

import jwt
import pytest

from admission import waiting_room
from admission.store.repository import Repository
from admission.waiting_room import AtDoor
from signal_server.keys import STORE
from tests.signal_server.front_door import FrontDoor


async def test_a_guest_knocks_the_owner_accepts_and_the_guest_gets_an_entry(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    assert (await bell.next("snapshot"))["knocks"] == []

    guest, knock = await door.knock("Nora")
    assert (knock["state"], knock["reach"]) == ("waiting", "ringing")
    shown = await bell.next("knock")
    assert (shown["id"], shown["name"], shown["verified"], shown["link"]) == (
        knock["id"],
        "Nora",
        None,
        door.slug,
    )

    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert (await page.next("knock"))["state"] == "waiting"
    assert (await guest.post(f"/api/v1/knocks/{knock['id']}/entry")).problem == "not-decided"

    decided = await door.decide(owner, knock, "admit")
    assert (decided.status, decided.body["knock"]["state"]) == (200, "admitted")
    assert (await page.next("knock"))["state"] == "admitted"
    assert (await bell.next("knock"))["state"] == "admitted"

    answer = await guest.post(f"/api/v1/knocks/{knock['id']}/entry")
    assert answer.status == 200
    entry = answer.body["entry"]
    assert set(entry) == {"livekit_url", "token", "identity", "name", "role", "meeting", "expires_at"}
    assert (entry["name"], entry["role"], entry["livekit_url"]) == ("Nora", "guest", door.livekit.ws_url)
    claims = jwt.decode(entry["token"], door.livekit.secret, algorithms=["HS256"])
    assert claims["video"]["room"].startswith(entry["meeting"])
    assert claims["exp"] - claims["nbf"] == 60


async def test_a_refused_guest_is_told_so_with_the_owners_word_and_may_ask_again(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    await door.decide(owner, knock, "refuse", "In a call until three")
    told = await page.next("knock")
    assert (told["state"], told["reason"]) == ("refused", "In a call until three")
    await page.ended()
    refused = await guest.post(f"/api/v1/knocks/{knock['id']}/entry")
    assert (refused.status, refused.problem) == (403, "refused")
    _, again = await door.knock(browser=guest)
    assert (again["id"] != knock["id"], again["state"]) == (True, "waiting")


async def test_a_held_guest_reads_the_answer_and_keeps_waiting(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    assert (await door.decide(owner, knock, "hold", "Five minutes")).status == 200
    told = await page.next("knock")
    assert (told["state"], told["held"], told["reply"]) == ("waiting", True, "Five minutes")
    assert (await door.decide(owner, knock, "admit")).status == 200


async def test_the_first_decision_closes_every_other_pop_up_and_a_second_gets_409_with_who_decided(
    door: FrontDoor,
) -> None:
    laptop, phone = await door.signed_in("Olga"), await door.signed_in("Olga")
    bells = [await page.listen("/api/v1/doorbell/events") for page in (laptop, phone)]
    _, knock = await door.knock()
    for bell in bells:
        await bell.until("knock", id=knock["id"])
    answers = await asyncio.gather(
        *(door.decide(page, knock, decision) for page in (laptop, phone) for decision in ("refuse",) * 5)
    )
    assert sorted(answer.status for answer in answers) == [200] + [409] * 9
    for answer in answers:
        if answer.status == 409:
            assert answer.problem == "already-decided"
            assert (answer.body["decided_by"], answer.body["decision"]) == ("Olga Owner", "refuse")
    for bell in bells:
        assert await bell.until("gone") == {"id": knock["id"], "state": "refused", "by": "Olga Owner"}


async def test_how_far_a_knock_has_come_is_told_as_it_is(door: FrontDoor) -> None:
    guest, knock = await door.knock()
    assert knock["reach"] == "nobody"
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert (await page.next("knock"))["reach"] == "nobody"
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    assert [waiting["id"] for waiting in (await bell.next("snapshot"))["knocks"]] == [knock["id"]]
    assert (await page.next("knock"))["reach"] == "ringing"
    await owner.stop_listening()
    assert (await page.next("knock"))["reach"] == "nobody"
    await owner.post("/api/v1/doorbell/seen", {"knocks": [knock["id"]]})
    assert (await page.next("knock"))["reach"] == "seen"


async def test_a_page_that_slept_through_the_decision_or_reloads_after_it_shows_that_decision(
    door: FrontDoor,
) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    await guest.stop_listening()
    await door.decide(owner, knock, "refuse", "Tomorrow")
    view = await guest.get(door.link)
    assert (view.body["knock"]["state"], view.body["knock"]["reason"]) == ("refused", "Tomorrow")
    woken = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert (await woken.next("knock"))["state"] == "refused"
    await woken.ended()


async def test_a_removed_away_page_is_told_to_the_owner_and_comes_back(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    await bell.until("knock", id=knock["id"], away=False)
    await guest.stop_listening()
    async with asyncio.timeout(20):
        while not (await bell.next("knock", within=15))["away"]:
            pass
    await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await bell.until("knock", id=knock["id"], away=False)


async def test_a_taken_back_admission_lets_nobody_in(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    path = f"/api/v1/knocks/{knock['id']}"
    assert (await owner.post(f"{path}/take-back")).problem == "not-decided"
    await door.decide(owner, knock, "admit")
    taken = await owner.post(f"{path}/take-back")
    assert (taken.status, taken.body["knock"]["state"]) == (200, "withdrawn")
    gone = await guest.post(f"{path}/entry")
    assert (gone.status, gone.problem) == (410, "over")
    assert (await owner.post(f"{path}/take-back")).problem == "over"


async def test_a_guest_cancels_and_the_owner_finds_who_was_missed(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock("Missed Nora")
    assert (await guest.delete(f"/api/v1/knocks/{knock['id']}")).status == 204
    assert (await guest.delete(f"/api/v1/knocks/{knock['id']}")).status == 204
    assert "Missed Nora" in (await owner.get("/")).body
    assert (await owner.post("/api/v1/doorbell/dismiss", {"knocks": [knock["id"]]})).status == 204
    assert "Missed Nora" not in (await owner.get("/")).body


async def test_everybody_who_waits_is_decided_on_at_once_in_order_of_arrival(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    knocks = [(await door.knock(name))[1] for name in ("Ann", "Ben", "Cid")]
    answer = await owner.post(f"{door.link}/decisions", {"decision": "refuse"})
    assert answer.body == {"results": [{"id": knock["id"], "result": "done"} for knock in knocks]}
    assert (await owner.post(f"{door.link}/decisions", {"decision": "refuse"})).body == {"results": []}


async def test_a_verified_knock_shows_who_it_is_whatever_was_typed(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    for first_name, workspace, role in (("Gina", "Acme", "guest"), ("Sven", "Beta", "member")):
        browser = await door.signed_in(first_name)
        answer = await browser.post(f"{door.link}/entry", {"name": "Olga Owner"})
        assert answer.status == 202
        shown = await bell.next("knock")
        assert shown["verified"] == {"name": shown["name"], "workspace": workspace, "role": role}
        assert shown["name"].startswith(first_name)


async def test_the_thirteenth_person_reads_full_before_they_knock(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    for number in range(11):
        await door.let_in(owner, f"Guest {number}")
    thirteenth = door.browser()
    assert (await thirteenth.get(door.link)).body["state"] == "full"
    answer = await thirteenth.post(f"{door.link}/entry", {"name": "Thirteen"})
    assert (answer.status, answer.problem, answer.headers["Retry-After"]) == (409, "meeting-full", "20")
    carl = await door.signed_in("Carl")
    assert (await carl.post(f"{door.link}/entry", {})).problem == "meeting-full"
    assert (await door.walk_in(owner))["role"] == "moderator"


async def test_however_many_enter_at_the_same_moment_no_meeting_holds_more_people_than_seats(
    door: FrontDoor,
) -> None:
    owner = await door.signed_in("Olga")
    waiting = [await door.knock(f"Guest {number}") for number in range(30)]
    decided = await asyncio.gather(*(door.decide(owner, knock, "admit") for _, knock in waiting))
    assert sorted(answer.status for answer in decided) == [200] * 11 + [409] * 19
    entries = await asyncio.gather(*(browser.post(f"/api/v1/knocks/{knock['id']}/entry") for browser, knock in waiting))
    assert sum(entry.status == 200 for entry in entries) == 11
    await door.walk_in(owner)


async def test_too_many_open_pages_of_a_knock_end_the_oldest(door: FrontDoor) -> None:
    guest, knock = await door.knock()
    pages = [await guest.listen(f"/api/v1/knocks/{knock['id']}/events") for _ in range(4)]
    for page in pages:
        await page.next("knock")
    await pages[0].until("elsewhere")
    await pages[0].ended()
    assert all(page.queue.empty() for page in pages[1:])


async def test_a_session_that_ends_ends_its_streams_and_seats(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    entry = await door.walk_in(owner)
    inside = await owner.listen(f"/api/v1/meetings/{entry['meeting']}/events")
    assert set(await inside.next("snapshot")) == {"setup", "rights", "hands", "contributions"}
    await owner.delete("/api/v1/session")
    await bell.ended()
    assert (await inside.until("over"))["reason"] == "left"


async def test_a_device_that_signed_out_is_out_of_the_visit_that_another_took_over(door: FrontDoor) -> None:
    owner, phone, laptop = [await door.signed_in(name) for name in ("Olga", "Sven", "Sven")]
    _, knock = await door.knock(browser=phone)
    path = f"/api/v1/knocks/{knock['id']}"
    assert (await door.decide(owner, knock, "admit")).status == 200
    told = await phone.listen(f"{path}/events")
    await door.knock(browser=laptop)
    entry = (await laptop.post(f"{path}/entry")).body["entry"]
    assert (await phone.delete("/api/v1/session")).status == 204
    await told.ended()
    assert (await phone.post(f"{path}/entry")).status == 404
    for stream in (f"{path}/events", f"/api/v1/meetings/{entry['meeting']}/events"):
        assert (await phone.listen(stream)).status == 404
    assert (await laptop.post(f"{path}/entry")).body["entry"]["identity"] == entry["identity"]


async def test_a_decision_that_falls_between_reading_and_listening_is_shown(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    # The database is at work: reading the knock and deciding on it share its next commit.
    at_work = asyncio.create_task(door.app[STORE].run(lambda repository: time.sleep(0.5)))
    opening = asyncio.create_task(guest.listen(f"/api/v1/knocks/{knock['id']}/events"))
    await asyncio.sleep(0.2)
    assert (await door.decide(owner, knock, "refuse")).status == 200
    await at_work
    page = await opening
    await page.until("knock", state="refused")
    await page.ended()


async def test_a_knock_that_falls_between_reading_and_listening_rings(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = waiting_room.at_door

    def slowly(repository: Repository, account_id: str, most: int) -> AtDoor:
        found = read(repository, account_id, most)
        time.sleep(0.5)
        return found

    owner = await door.signed_in("Olga")
    monkeypatch.setattr(waiting_room, "at_door", slowly)
    opening = asyncio.create_task(owner.listen("/api/v1/doorbell/events"))
    await asyncio.sleep(0.2)
    _, knock = await door.knock()
    bell = await opening
    assert (await bell.next("snapshot"))["knocks"] == []
    assert (await bell.next("knock"))["id"] == knock["id"]


async def test_a_doorbell_that_could_not_read_ends_and_its_page_comes_back(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(repository: Repository, account_id: str, most: int) -> AtDoor:
        raise RuntimeError

    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    with monkeypatch.context() as broken:
        broken.setattr(waiting_room, "at_door", fails)
        assert (await owner.post(f"{door.link}/pause", {"paused": True})).status == 200
        await bell.ended()
    again = await owner.listen("/api/v1/doorbell/events")
    assert (await again.next("snapshot"))["paused"] is True


async def test_a_doorbell_that_is_opened_while_its_session_ends_shows_nobody(door: FrontDoor) -> None:
    await door.knock()
    owner = await door.signed_in("Olga")
    # The database is at work: reading who opens the doorbell and ending their sign-in share its next commit.
    at_work = asyncio.create_task(door.app[STORE].run(lambda repository: time.sleep(0.5)))
    opening = asyncio.create_task(owner.listen("/api/v1/doorbell/events"))
    await asyncio.sleep(0.2)
    assert (await owner.delete("/api/v1/session")).status == 204
    await at_work
    bell = await opening
    assert bell.status == 401
    await bell.ended()


async def test_an_identity_or_any_id_that_others_can_see_is_never_accepted_as_a_ticket(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock, entry = await door.let_in(owner)
    ticket = next(cookie.value for cookie in guest.session.cookie_jar if cookie.key == "ticket")
    stored = await door.app[STORE].run(lambda repository: repository.seat_by_identity(entry["identity"]))
    assert stored is not None
    seen = [entry["identity"], knock["id"], entry["meeting"], entry["token"], stored.id, stored.ticket_hash, door.slug]
    paths = (f"/api/v1/knocks/{knock['id']}/events", f"/api/v1/meetings/{entry['meeting']}/events")
    for value in seen:
        for cookie in ("ticket", "session"):
            thief = door.browser()
            thief.session.cookie_jar.update_cookies({cookie: value}, thief.base)
            for path in paths:
                assert (await thief.get(path)).status == 404
            assert (await thief.post(f"/api/v1/knocks/{knock['id']}/entry")).status == 404
            assert (await thief.get(door.link)).body["knock"] is None
    itself = door.browser()
    itself.session.cookie_jar.update_cookies({"ticket": ticket}, itself.base)
    assert (await itself.post(f"/api/v1/knocks/{knock['id']}/entry")).status == 200


async def test_leaving_is_a_press_on_leave_and_fine_again(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, _, entry = await door.let_in(owner)
    mine = await door.walk_in(owner)
    path = f"/api/v1/meetings/{entry['meeting']}/leave"
    assert (await guest.post(path, {"identity": mine["identity"]})).problem == "forbidden"
    assert (await door.browser().post(path, {"identity": entry["identity"]})).problem == "not-found"
    inside = await guest.listen(f"/api/v1/meetings/{entry['meeting']}/events")
    await inside.next("snapshot")
    assert (await guest.post(path, {"identity": entry["identity"]})).status == 204
    assert await inside.until("over") == {"reason": "left", "by": None}
    assert (await guest.post(path, {"identity": entry["identity"]})).status == 204


async def test_rotating_is_the_owners_and_makes_the_old_address_unknown(door: FrontDoor) -> None:
    owner, carl = await door.signed_in("Olga"), await door.signed_in("Carl")
    assert (await carl.post(f"{door.link}/rotate")).problem == "forbidden"
    assert (await door.browser().post(f"{door.link}/rotate")).problem == "sign-in-first"
    guest, knock = await door.knock()
    rotated = await owner.post(f"{door.link}/rotate")
    assert rotated.status == 200
    assert rotated.body["url"].endswith(f"/m/{rotated.body['slug']}")
    unknown = await guest.get("/api/v1/links/bbbbb-bbbb-bbbbb")
    assert (await guest.get(door.link)).body == unknown.body
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert (await page.next("knock"))["reason"] == "link-changed"


async def test_a_closed_link_says_so_and_opens_again(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    assert (await owner.call("PATCH", door.link, {"open": False})).body["open"] is False
    guest = door.browser()
    assert (await guest.get(door.link)).body["state"] == "closed"
    answer = await guest.post(f"{door.link}/entry", {"name": "Nora"})
    assert (answer.status, answer.problem) == (423, "link-closed")
    await owner.call("PATCH", door.link, {"open": True})
    await door.knock(browser=guest)


async def test_while_knocking_is_paused_nobody_new_can_ask_and_who_waits_stays(door: FrontDoor) -> None:
    owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
    waiting, knock = await door.knock("Nora")
    bell = await owner.listen("/api/v1/doorbell/events")
    assert (await bell.next("snapshot"))["paused"] is False
    paused = await owner.post(f"{door.link}/pause", {"paused": True})
    assert (paused.status, paused.body["paused"], paused.body["open"]) == (200, True, True)
    assert await bell.next("door") == {"more": 0, "paused": True}, "on every page of the owner"

    late = door.browser()
    assert (await late.get(door.link)).body["state"] == "locked"
    answer = await late.post(f"{door.link}/entry", {"name": "Late"})
    assert (answer.status, answer.problem) == (423, "room-locked")
    assert (await waiting.post(f"{door.link}/entry", {"name": "Nora"})).body["knock"]["id"] == knock["id"]
    assert (await door.decide(owner, knock, "admit")).status == 200
    assert (await waiting.post(f"/api/v1/knocks/{knock['id']}/entry")).status == 200
    await door.walk_in(colleague)

    assert (await owner.post(f"{door.link}/pause", {"paused": False})).body["paused"] is False
    await door.knock("Late", late)


async def test_nobody_but_the_owner_pauses_knocking(door: FrontDoor) -> None:
    colleague = await door.signed_in("Carl")
    assert (await colleague.post(f"{door.link}/pause", {"paused": True})).problem == "forbidden"
    assert (await door.browser().post(f"{door.link}/pause", {"paused": True})).problem == "sign-in-first"
    owner = await door.signed_in("Olga")
    assert (await owner.post("/api/v1/links/nobodys-link/pause", {"paused": True})).problem == "not-found"
    assert (await owner.post(f"{door.link}/pause", {"paused": 1})).problem == "invalid"
    await door.knock()


async def test_knocks_are_limited_by_address_and_without_a_cookie_like_all_others(front_door: Any) -> None:
    async with front_door(knocks_per_minute=3) as door:
        first, knock = await door.knock()
        for _ in range(5):
            again = await first.post(f"{door.link}/entry", {"name": "Nora"})
            assert again.body["knock"]["id"] == knock["id"], "the same knock is not counted"
        for _ in range(2):
            await door.knock()
        limited = await door.browser().post(f"{door.link}/entry", {"name": "Nora"})
        assert (limited.status, limited.problem) == (429, "too-many-requests")
        assert 0 < int(limited.headers["Retry-After"]) <= 60
        assert limited.body["retry_after"] == int(limited.headers["Retry-After"])


BAD_BODIES: list[tuple[Any, str]] = [
    ({}, "name"),
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "x" * 81}, "name"),
    ({"name": "Nora\u202eaniraM"}, "name"),
    ({"name": "Nora\x00"}, "name"),
    ({"name": 7}, "name"),
    ({"name": "Nora", "message": "x" * 501}, "message"),
    ({"name": "Nora", "admit": True}, "admit"),
]


@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
async def test_bad_input_names_the_field_and_the_reason_and_makes_no_knock(
    door: FrontDoor, body: Any, field: str
) -> None:
    guest = door.browser()
    answer = await guest.post(f"{door.link}/entry", body, headers={"Accept-Language": "fr"})
    assert (answer.status, answer.problem) == (422, "invalid")
    assert list(answer.body["errors"]) == [field]
    assert (await guest.get(door.link)).body["knock"] is None


@pytest.mark.parametrize("not_false", ["false", 0, None])
async def test_only_true_and_false_open_and_close_a_link(door: FrontDoor, not_false: Any) -> None:
    owner = await door.signed_in("Olga")
    answer = await owner.call("PATCH", door.link, {"open": not_false})
    assert (answer.status, list(answer.body["errors"])) == (422, ["open"])


async def test_what_is_no_json_or_too_much_is_said_to_be_so(door: FrontDoor) -> None:
    guest = door.browser()
    assert (await guest.post(f"{door.link}/entry", data=b"{")).status == 400
    large = await guest.post(f"{door.link}/entry", data=b" " * 70_000)
    assert (large.status, large.problem) == (413, "too-large")
    other = door.browser()
    not_packed = await other.post(f"{door.link}/entry", {}, headers={"Content-Encoding": "gzip"})
    assert (not_packed.status, not_packed.problem) == (400, "invalid")
    wrong = await guest.call("PUT", door.link)
    assert (wrong.status, wrong.problem) == (405, "wrong-method")
    assert (await guest.get("/api/v1/nothing")).problem == "not-found"


async def test_another_sites_page_is_refused_on_every_call_streams_too(door: FrontDoor) -> None:
    guest = door.browser()
    for path in ("/api/v1/session", door.link, "/api/v1/doorbell/events"):
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = await guest.get(path, headers=headers)
            assert (answer.status, answer.problem) == (403, "cross-site")
    assert (await guest.get("/", headers={"Sec-Fetch-Site": "cross-site"})).status == 200


async def test_a_guest_learns_nothing_of_other_peoples_knocks_not_even_their_number(door: FrontDoor) -> None:
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    alone = await page.next("knock")
    before = (await guest.get(door.link)).body
    others = [await door.knock(f"Other {number}") for number in range(3)]
    owner = await door.signed_in("Olga")
    await door.decide(owner, others[0][1], "refuse")
    await others[1][0].delete(f"/api/v1/knocks/{others[1][1]['id']}")
    assert (await guest.get(door.link)).body == before
    assert page.queue.empty()
    again = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert await again.next("knock") == alone


async def test_a_knock_that_races_with_lock_or_unlock_ends_as_waiting_or_as_locked_never_as_an_error(
    door: FrontDoor,
) -> None:
    owner = await door.signed_in("Olga")
    entry = await door.walk_in(owner)
    version = 1
    for locked in (True, False, True, False):
        setup = owner.call(
            "PATCH", f"/api/v1/meetings/{entry['meeting']}/setup", {"version": version, "locked": locked}
        )
        knocks = [door.browser().post(f"{door.link}/entry", {"name": f"Guest {n}"}) for n in range(6)]
        changed, *answers = await asyncio.gather(setup, *knocks)
        version = changed.body["version"]
        for answer in answers:
            assert (answer.status, answer.problem) in ((202, None), (423, "room-locked"))


async def test_a_seat_is_free_once_its_person_left_and_whoever_waits_takes_none(front_door: Any) -> None:
    async with front_door(seats=2) as door:
        owner = await door.signed_in("Olga")
        guest, _, entry = await door.let_in(owner, "First")
        await guest.post(f"/api/v1/meetings/{entry['meeting']}/leave", {"identity": entry["identity"]})
        for number in range(5):
            await door.knock(f"Waiting {number}")
        await door.let_in(owner, "Second")


async def test_no_page_says_waiting_for_a_knock_that_the_owner_cannot_see(front_door: Any) -> None:
    async with front_door(knock_away_seconds=1) as door:
        owner = await door.signed_in("Olga")
        guest, knock = await door.knock()
        bell = await owner.listen("/api/v1/doorbell/events")
        assert [one["id"] for one in (await bell.next("snapshot"))["knocks"]] == [knock["id"]]
        assert (await bell.until("gone", within=20))["id"] == knock["id"]
        page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
        assert (await page.next("knock"))["state"] == "expired"
        assert (await guest.get(door.link)).body["knock"]["state"] == "expired"
