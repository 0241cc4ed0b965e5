"""What this server counts and measures, for Prometheus: series of calls and of ways, never of a person or a link."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from admission.changes import Change, KnockChanged
from admission.knock import State
from signal_server.api.call import By, Text, described
from signal_server.keys import METRICS, STORE, STREAMS
from signal_server.problems import route_of

PATIENCE = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds that people take."""

HASTE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds that the database takes."""

STREAMS_OF = {"account": "doorbell", "knock": "knock", "seat": "meeting"}
"""Who holds a stream, and what the stream is of."""

FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@dataclass(slots=True)
class _Way:
    """How far a knock has come that is not over. Times are monotonic; None for what was before this server's start."""

    version: int
    state: State
    seen: bool
    arrived: float | None
    admitted: float | None = None


class Metrics:
    """Everything that is measured. It hears of knocks as everybody does, by the feed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._ways: dict[str, _Way] = {}
        self._knocks = self._counter("knocks", "Knocks.")
        self._seen = self._histogram("knock_seen_seconds", "From the knock until a visible page showed it.", PATIENCE)
        self._decided = self._histogram(
            "knock_decided_seconds", "From the knock until it was admitted or refused.", PATIENCE, "decision"
        )
        self._entered = self._histogram("admission_entered_seconds", "From the admission until in.", PATIENCE)
        self._never_entered = self._counter(
            "admissions_never_entered", "Admissions that ended before their guest was in.", "reason"
        )
        self._commit_wait = self._histogram(
            "commit_wait_seconds", "How long the first call of a commit waited for its answer.", HASTE
        )
        self._commit_calls = self._histogram(
            "commit_calls", "Calls that shared a commit.", tuple(2**power for power in range(9))
        )
        self._livekit_failures = self._counter("livekit_failures", "Calls that LiveKit did not answer.", "call")
        self._requests = self._counter("http_requests", "Answers begun.", "method", "route", "status")

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"vestibule_{name}", says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"vestibule_{name}", says, labels, buckets=buckets, registry=self.registry)

    def heard(self, change: Change) -> None:
        """Measure how a knock goes its way."""
        if not isinstance(change, KnockChanged):
            return
        knocked, at = change.knock, time.monotonic()
        before = self._ways.get(knocked.id)
        if before is None:
            is_new = knocked.version == 1
            self._knocks.inc(is_new)
            after = _Way(knocked.version, knocked.state, knocked.seen, at if is_new else None)
        elif before.version < knocked.version:
            after = _Way(knocked.version, knocked.state, knocked.seen, before.arrived, before.admitted)
            if before.arrived is not None and knocked.seen and not before.seen:
                self._seen.observe(at - before.arrived)
            if before.state is not knocked.state:
                self._moved(before, after, knocked.reason, at)
        else:
            return  # heard late
        if knocked.over:
            self._ways.pop(knocked.id, None)
        else:
            self._ways[knocked.id] = after

    def _moved(self, before: _Way, after: _Way, reason: str | None, at: float) -> None:
        match before.state, after.state:
            case State.WAITING, State.ADMITTED | State.REFUSED:
                after.admitted = at
                if before.arrived is not None:
                    decision = "admit" if after.state is State.ADMITTED else "refuse"
                    self._decided.labels(decision).observe(at - before.arrived)
            case State.ADMITTED, State.ENTERED:
                if before.admitted is not None:
                    self._entered.observe(at - before.admitted)
            case State.ADMITTED, _:
                self._never_entered.labels(reason).inc()

    def committed(self, waited: float, calls: int) -> None:
        """The database has answered some calls, of which the first waited for so many seconds."""
        self._commit_wait.observe(waited)
        self._commit_calls.observe(calls)

    def livekit_failed(self, call: str) -> None:
        self._livekit_failures.labels(call).inc()

    async def answering(self, request: web.Request, response: web.StreamResponse) -> None:
        route = route_of(request)
        method = "" if route == "unknown" else request.method  # anybody may make methods up
        self._requests.labels(method, route, f"{response.status // 100}xx").inc()

    def watch(self, queued: Callable[[], int], streams: Callable[[str], int]) -> None:
        """What is looked up whenever somebody asks: calls that wait for the database, and streams of a kind."""
        Gauge("vestibule_commit_queue", "Calls that wait for the database.", registry=self.registry).set_function(
            queued
        )
        gauge = Gauge("vestibule_streams_open", "Event streams that are open.", ["kind"], registry=self.registry)
        for holder, kind in STREAMS_OF.items():
            gauge.labels(kind).set_function(partial(streams, holder))


def setup_metrics(app: web.Application) -> None:
    """Measure the application. It has METRICS, STORE and STREAMS."""
    app[METRICS].watch(app[STORE].queued, app[STREAMS].count)
    app.on_response_prepare.append(app[METRICS].answering)


@described(By.OPERATOR, {200: Text("text/plain"), 404: Text("text/plain")})
async def metrics(request: web.Request) -> web.Response:
    """GET /metrics: for whoever watches over this server, from beside it; to everybody else there is nothing here."""
    if any(name in request.headers for name in FORWARDED) or not is_near(request.remote):
        raise web.HTTPNotFound
    return web.Response(
        body=generate_latest(request.app[METRICS].registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


def is_near(remote: str | None) -> bool:
    """Whether an address is this machine's or of a private network. A proxy's own may be, so it must not forward."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_private
