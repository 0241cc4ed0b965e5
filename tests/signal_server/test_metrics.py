"""What is measured: knocks on their way, streams, the database, LiveKit and the answers; and who may read it."""

from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from admission.changes import KnockChanged
from admission.knock import Event, Knock, advance
from signal_server.clock import now
from signal_server.keys import ROOMS
from signal_server.metrics import FORWARDED, Metrics, is_near
from signal_server.sfu import SfuUnavailable
from tests.admission.builders import a_knock
from tests.signal_server.front_door import FrontDoor

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def series(door: FrontDoor) -> Series:
    answer = await door.browser().get("/metrics")
    assert answer.status == 200, answer
    return {
        (sample.name.removeprefix("vestibule_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body)
        for sample in family.samples
    }


def measured(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"vestibule_{name}", labels) or 0


def tell(metrics: Metrics, knock: Knock, *events: Event) -> Knock:
    metrics.heard(KnockChanged(knock, "slug", ()))
    for event in events:
        knock = advance(knock, event, now())
        metrics.heard(KnockChanged(knock, "slug", ()))
    return knock


NEVER_ENTERED = [
    ([Event.ADMIT, Event.NEVER_CAME], "never-came"),
    ([Event.ADMIT, Event.TAKE_BACK], "taken-back"),
    ([Event.ADMIT, Event.WITHDRAW], "cancelled"),
    ([Event.ADMIT, Event.SEAT_TIME_OVER, Event.MEETING_ENDED], "ended"),
    ([Event.ADMIT, Event.CONNECT, Event.LEAVE], None),
    ([Event.REFUSE], None),
    ([Event.WITHDRAW], None),
]


@pytest.mark.parametrize(("events", "reason"), NEVER_ENTERED)
def test_an_admission_whose_guest_never_came_in_is_counted_by_its_reason(
    events: list[Event], reason: str | None
) -> None:
    metrics = Metrics()
    tell(metrics, a_knock(), *events)
    counted = [
        (sample.labels["reason"], sample.value)
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "vestibule_admissions_never_entered_total"
    ]
    assert counted == ([(reason, 1)] if reason else [])


def test_the_first_decision_is_measured_once_and_a_hold_is_none() -> None:
    metrics = Metrics()
    tell(metrics, a_knock(), Event.HOLD, Event.ADMIT, Event.SEAT_TIME_OVER, Event.CONNECT, Event.CONNECT, Event.LEAVE)
    tell(metrics, a_knock(id="other"), Event.REFUSE)
    assert measured(metrics, "knocks_total") == 2
    assert measured(metrics, "knock_decided_seconds_count", decision="admit") == 1
    assert measured(metrics, "knock_decided_seconds_count", decision="refuse") == 1
    assert measured(metrics, "admission_entered_seconds_count") == 1


def test_of_a_knock_from_before_the_start_nothing_is_measured_that_nobody_here_knows() -> None:
    metrics = Metrics()
    tell(metrics, a_knock(version=3), Event.ADMIT, Event.CONNECT)
    assert measured(metrics, "knocks_total") == 0
    assert measured(metrics, "knock_decided_seconds_count", decision="admit") == 0
    assert measured(metrics, "admission_entered_seconds_count") == 1, "it was admitted before our eyes"


def test_what_is_over_or_heard_late_is_not_kept() -> None:
    metrics = Metrics()
    waiting = a_knock()
    tell(metrics, waiting, Event.ADMIT, Event.CONNECT)
    tell(metrics, waiting)
    assert measured(metrics, "knock_decided_seconds_count", decision="admit") == 1
    for number in range(50):
        tell(metrics, a_knock(id=f"{number}"), Event.WITHDRAW)
    assert len(metrics._ways) == 1


async def test_the_way_of_a_knock_the_streams_and_the_database_are_measured(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    await owner.post("/api/v1/doorbell/seen", {"knocks": [knock["id"]]})
    await door.decide(owner, knock, "refuse")
    found = await series(door)
    assert found["knocks_total", ()] == 1
    assert found["knock_seen_seconds_count", ()] == 1
    assert found["knock_decided_seconds_count", (("decision", "refuse"),)] == 1
    assert found["streams_open", (("kind", "doorbell"),)] == 1
    assert found["streams_open", (("kind", "meeting"),)] == 0
    assert found["commit_queue", ()] >= 0
    assert found["commit_wait_seconds_count", ()] == found["commit_calls_count", ()] > 0
    # Calls that together wait, share commits: there are never more commits than calls.
    assert found["commit_calls_sum", ()] >= found["commit_calls_count", ()]


async def test_answers_are_counted_by_route_and_never_by_what_stands_in_the_address(door: FrontDoor) -> None:
    guest = door.browser()
    await guest.get(door.link)
    await guest.get("/api/v1/links/bbbbb-bbbb-bbbbb")
    await guest.get("/wp-login.php")
    await guest.call("PROPFIND", "/api/v1/session")
    await guest.get("/", headers={"Accept": "text/html"})
    text = (await guest.get("/metrics")).body
    found = await series(door)
    link = (("method", "GET"), ("route", "/api/v1/links/{slug}"))
    assert found["http_requests_total", (*link, ("status", "2xx"))] == 1
    assert found["http_requests_total", (*link, ("status", "4xx"))] == 1
    assert found["http_requests_total", (("method", ""), ("route", "unknown"), ("status", "4xx"))] == 2
    for secret in (door.slug, "bbbbb", "wp-login", "PROPFIND"):
        assert secret not in text


async def test_a_call_that_livekit_does_not_answer_is_counted_by_its_name(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def list_rooms(asked: Any) -> None:
        raise aiohttp.ClientConnectionError

    monkeypatch.setattr(door.app[ROOMS]._livekit.room, "list_rooms", list_rooms)
    before = (await series(door)).get(("livekit_failures_total", (("call", "list_rooms"),)), 0)
    with pytest.raises(SfuUnavailable):
        await door.app[ROOMS].listed()
    after = (await series(door))["livekit_failures_total", (("call", "list_rooms"),)]
    assert after > before


@pytest.mark.parametrize("header", FORWARDED)
async def test_who_comes_through_a_proxy_finds_no_figures(door: FrontDoor, header: str) -> None:
    answer = await door.browser().get("/metrics", headers={header: "203.0.113.7"})
    assert answer.status == 404
    assert "vestibule" not in answer.body


@pytest.mark.parametrize(
    ("remote", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("::ffff:192.168.0.7", True),
        ("fd00::7", True),
        ("203.0.114.7", False),
        ("::ffff:8.8.8.8", False),
        ("2a01:4f8::7", False),
        ("", False),
        (None, False),
    ],
)
def test_the_figures_are_for_this_machine_and_private_networks(remote: str | None, near: bool) -> None:
    assert is_near(remote) is near
