"""Passwords: right and wrong ones, equal work for nobody's, bounded work under load."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median
from time import perf_counter

import pytest
from argon2 import PasswordHasher

from signal_server.passwords import Passwords, PasswordsBusy, hash_password

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(CHEAP)
    yield made
    made.close()


async def test_only_the_right_password_matches(passwords: Passwords) -> None:
    stored = hash_password("une clé", CHEAP)
    assert await passwords.verify("une clé", stored)
    assert await passwords.verify("une cle\u0301", stored)  # the same, as another keyboard writes it
    assert not await passwords.verify("une cle", stored)
    assert not await passwords.verify("", stored)
    assert not await passwords.verify("\ud800", stored)


async def test_nobody_has_no_password_not_even_the_one_that_is_compared(passwords: Passwords) -> None:
    assert not await passwords.verify("nobody", None)


async def test_a_hash_that_cannot_be_read_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify("x", "no hash at all")


def test_the_product_hashes_with_the_recommended_cost() -> None:
    assert hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_an_unknown_account_costs_the_same_work() -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=16 * 1024, parallelism=1)
    passwords = Passwords(hasher)
    stored = hash_password("right", hasher)

    async def took(known: str | None) -> float:
        began = perf_counter()
        await passwords.verify("wrong", known)
        return perf_counter() - began

    known, unknown = [], []
    for _ in range(15):  # in turns, so that other load on the machine meets both alike
        known.append(await took(stored))
        unknown.append(await took(None))
    passwords.close()
    assert 0.5 < median(known) / median(unknown) < 2


async def test_a_hash_of_another_cost_is_made_anew(passwords: Passwords) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash("secret")
    assert await passwords.verify("secret", old)
    new = await passwords.rehashed("secret", old)
    assert new is not None
    assert await passwords.verify("secret", new)
    assert await passwords.rehashed("secret", new) is None


class Slow(PasswordHasher):
    """Verifies when it is let."""

    go = threading.Event()
    at_once = 0
    most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.go.wait(10)
        self.at_once -= 1
        return True


async def test_under_load_few_work_some_wait_and_the_rest_is_told_to_come_back() -> None:
    slow = Slow(time_cost=1, memory_cost=64, parallelism=1)
    passwords = Passwords(slow, at_once=2, may_wait=3)
    calls = [asyncio.create_task(passwords.verify("x", "y")) for _ in range(5)]
    await asyncio.sleep(0.05)
    with pytest.raises(PasswordsBusy):
        await passwords.verify("x", "y")
    slow.go.set()
    assert await asyncio.gather(*calls) == [True] * 5
    assert slow.most == 2
    assert await passwords.verify("x", "y")  # and there is room again
    passwords.close()


async def test_what_is_refused_when_its_turn_comes_costs_no_work(passwords: Passwords) -> None:
    @contextmanager
    def refusing() -> Iterator[None]:
        raise LookupError
        yield

    with pytest.raises(LookupError):
        await passwords.verify("x", None, turn=refusing())
    assert not await passwords.verify("x", None)


async def test_who_hangs_up_keeps_their_turn_until_the_work_is_done() -> None:
    slow = Slow(time_cost=1, memory_cost=64, parallelism=1)
    slow.go = threading.Event()
    passwords = Passwords(slow, at_once=1, may_wait=0)
    hung_up = asyncio.create_task(passwords.verify("x", "y"))
    await asyncio.sleep(0.05)
    hung_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hung_up
    with pytest.raises(PasswordsBusy):
        await passwords.verify("x", "y")
    slow.go.set()
    async with asyncio.timeout(5):
        while True:
            with suppress(PasswordsBusy):
                assert await passwords.verify("x", "y")
                break
            await asyncio.sleep(0.01)
    passwords.close()
