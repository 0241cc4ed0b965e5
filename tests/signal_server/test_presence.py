"""Which pages are open: a knock without one is shown as away, also when it never had one."""

import asyncio
from datetime import timedelta

import pytest

from admission.endings import page_gone
from signal_server.keys import STORE
from tests.signal_server.front_door import FrontDoor


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admission.knock.AWAY_AFTER", timedelta(seconds=0.5))


async def test_a_guest_who_knocked_and_whose_page_never_listened_is_shown_as_away(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    _, knock = await door.knock()
    assert (await bell.until("knock", id=knock["id"]))["away"] is False
    await bell.until("knock", id=knock["id"], away=True)


async def test_a_page_that_comes_back_in_the_very_moment_is_not_away(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, knock = await door.knock()
    store = door.app[STORE]
    run = store.run
    opened = asyncio.Event()

    async def slowly(use_case):  # type: ignore[no-untyped-def]
        """Opens the page between the decision that it is gone and the writing of it."""
        if getattr(use_case, "func", None) is page_gone and not opened.is_set():
            opened.set()
            await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
        return await run(use_case)

    monkeypatch.setattr(store, "run", slowly)
    await asyncio.wait_for(opened.wait(), 5)
    await asyncio.sleep(0.5)
    stored = await run(lambda repository: repository.knock(knock["id"]))
    assert stored is not None
    assert stored.away_since is None


async def test_what_goes_wrong_once_does_not_keep_the_next_page_from_being_seen_to_go(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, failed = door.app[STORE].run, asyncio.Event()

    async def fails_once(use_case):  # type: ignore[no-untyped-def]
        if getattr(use_case, "func", None) is page_gone and not failed.is_set():
            failed.set()
            raise RuntimeError
        return await run(use_case)

    monkeypatch.setattr(door.app[STORE], "run", fails_once)
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    _, knock = await door.knock()
    await bell.until("knock", id=knock["id"], away=True)
    assert failed.is_set()
