"""How many calls a second: wrk sends prepared requests, and the reference gets the same before and after."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Size, count
from benchmarks.people import Member, add_members
from benchmarks.place import Place, Running

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("prepared.lua")


@dataclass(frozen=True)
class Rate:
    """What wrk saw: answers, of them refusals, in seconds; the slowest hundredth in milliseconds."""

    answers: int
    refused: int
    seconds: float
    p99: float
    cpu: float
    """Seconds of processor time that the server took."""

    @property
    def a_second(self) -> float:
        return self.answers / self.seconds

    @property
    def microseconds(self) -> float:
        """Processor time that the server takes for one call. Not even a busy machine changes it much."""
        return self.cpu / self.answers * 1e6


def load(
    running: Running, requests: Iterable[tuple[str, str, str]], seconds: int, connections: int = CONNECTIONS
) -> Rate:
    """POST the requests (path, cookie, body) one after the other, so many at once, for so many seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as prepared:
        prepared.writelines(f"{path}\t{cookie}\t{body}\n" for path, cookie, body in requests)
        prepared.flush()
        before = running.cpu()
        ran = subprocess.run(
            [
                *("wrk", "--threads", "2", "--connections", str(connections), "--duration", f"{seconds}s"),
                *("--latency", "--script", str(SCRIPT), f"http://127.0.0.1:{running.port}", "--", prepared.name, "2"),
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
        used = running.cpu() - before
    said = json.loads(ran.stdout.rpartition("RESULT")[2])
    if said["broken"]:
        raise RuntimeError(f"connections broke:\n{ran.stdout}")
    return Rate(said["answers"], said["refused"], said["seconds"], said["p99"], used)


class Beside:
    """The reference at work before and after what is measured: a machine that others use is not the same twice."""

    def __init__(self, place: Place, answer_bytes: int, body: str, seconds: int) -> None:
        self._place, self._bytes, self._body, self._seconds = place, answer_bytes, body, seconds
        self._rates: list[float] = []

    def measure(self) -> None:
        with self._place.reference(self._bytes) as running:
            self._rates.append(load(running, [("/", "", self._body)], self._seconds).a_second)

    @property
    def a_second(self) -> float:
        return sum(self._rates) / len(self._rates)


def knocks(place: Place, size: Size) -> list[Figure]:
    """Visitors without a cookie knock at a hundred doors."""
    with place.new_database():
        owners = place.run(lambda repository: add_members(repository, "Knocks", 100, seats=12))
        body = json.dumps({"name": "Nora Visitor", "message": "Hello, I am early."})
        doors = [(f"/api/v1/links/{owner.slug}/entry", "", body) for owner in owners]
        with place.vestibule() as server:
            beside = Beside(place, _answer_bytes(server, *doors[0]), body, size.reference_seconds)
            beside.measure()
            load(server, doors, seconds=1)  # first calls load what later ones find loaded
            before = _rows(place, "knock")
            rate = load(server, doors, size.rate_seconds)
            stored = _rows(place, "knock") - before
            beside.measure()
    if rate.refused or stored < rate.answers:
        raise RuntimeError(f"{rate.refused} were refused, {rate.answers} were answered, {stored} are stored")
    return [
        Figure(
            "knocks", "knocks a second, 16 at once, each on disk", rate.a_second, reference=beside.a_second, least=3500
        ),
        Figure("knocks-p99", "a knock answered, 99 of 100", rate.p99, "ms"),
        Figure("knocks-cpu", "the server's processor time for a knock", rate.microseconds, "µs"),
    ]


MEETINGS_A_WORKSPACE = 20
MEMBERS_A_WORKSPACE = 200


def entries(place: Place, size: Size) -> list[Figure]:
    """Members walk in to meetings of colleagues that are going on, each time to a seat that is new to them."""
    with place.new_database():
        workspaces = [
            place.run(lambda r, name=f"Entries {number}": add_members(r, name, MEMBERS_A_WORKSPACE, seats=200))  # type: ignore[misc]
            for number in range(size.entry_workspaces)
        ]
        running = [(members[:MEETINGS_A_WORKSPACE], members) for members in workspaces]
        owners = [_entry(owner, owner) for owned, _ in running for owner in owned]
        walks = [
            _entry(owner, member) for owned, all_ in running for owner in owned for member in all_ if member != owner
        ]
        random.Random(1).shuffle(walks)
        with place.vestibule() as server:
            answer = _answer_bytes(server, *owners[0])
            beside = Beside(place, answer, "{}", size.reference_seconds)
            beside.measure()
            with ThreadPoolExecutor(CONNECTIONS) as opening:
                list(opening.map(lambda owner: _answer_bytes(server, *owner), owners))
            load(server, owners, seconds=1)  # first calls load what later ones find loaded
            before = _rows(place, "seat")
            rate = load(server, walks, size.rate_seconds)
            seated = _rows(place, "seat") - before
            beside.measure()
    if rate.refused or seated < min(rate.answers, len(walks)):
        raise RuntimeError(f"{rate.refused} were refused, {rate.answers} were answered, {seated} have a seat")
    return [
        Figure(
            "entries",
            f"members' entries a second into {count(len(owners))} running meetings",
            rate.a_second,
            reference=beside.a_second,
            least=3500,
        ),
        Figure("entries-p99", "an entry answered, 99 of 100", rate.p99, "ms"),
        Figure("entries-cpu", "the server's processor time for an entry", rate.microseconds, "µs"),
    ]


def _entry(owner: Member, member: Member) -> tuple[str, str, str]:
    return f"/api/v1/links/{owner.slug}/entry", member.cookie, "{}"


def _answer_bytes(server: Running, path: str, cookie: str, body: str) -> int:
    """How long the answer to this request is."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=body.encode(),
        headers={"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "Cookie": cookie},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return len(answer.read())


def _rows(place: Place, table: str) -> int:
    connection = sqlite3.connect(f"file:{place.database}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()
