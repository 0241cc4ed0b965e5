"""The three secrets of a visit (session, ticket, LiveKit token) are where they have to be and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.livekit_server import LiveKitServer
from tests.signal_server.front_door import PASSWORD, Answer, Browser, open_front_door


def cookie(browser: Browser, name: str) -> str:
    return next(kept.value for kept in browser.session.cookie_jar if kept.key == name)


def all_bytes(folder: Path) -> bytes:
    """The database, with what it has not yet taken over from its log."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("door.db"))


async def test_no_secret_is_in_the_database_a_log_a_metric_or_an_answer_that_is_not_its_own(
    tmp_path: Path, livekit: LiveKitServer, capfd: pytest.CaptureFixture[str]
) -> None:
    answers: list[Answer] = []
    async with open_front_door(tmp_path, livekit) as door:
        owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
        guest, knock, entry = await door.let_in(owner, "Nora")
        tokens = [entry["token"], *[(await door.walk_in(browser))["token"] for browser in (owner, colleague)]]
        meeting, by_name = f"/api/v1/meetings/{entry['meeting']}", f"/m/{door.slug}"
        wrong: dict[str, Any] = {"who": entry["identity"], "source": "voice", "keep": 1}
        for browser in (owner, colleague, guest, door.browser()):
            for path in ("/", by_name, "/preferences", "/people", "/nowhere", "/metrics", door.link, "/api/v1/session"):
                answers.append(await browser.get(path))
            answers.append(await browser.post(f"{meeting}/off", wrong))
            answers.append(await browser.post(f"/api/v1/knocks/{knock['id']}/decision", {"decision": "admit"}))
        answers.append(await owner.post(f"{meeting}/remove", {"who": entry["identity"]}))
        answers.append(await guest.post(f"/api/v1/knocks/{knock['id']}/entry"))
        answers.append(await owner.delete("/api/v1/session"))
        sessions = [cookie(colleague, "session")]
        tickets = [cookie(guest, "ticket")]
    secrets = [PASSWORD, livekit.secret, *tokens, *sessions, *tickets]
    stored = all_bytes(tmp_path)
    out, err = capfd.readouterr()
    told = "".join(f"{answer.headers}{answer.body}" for answer in answers)
    assert b"Nora" in stored, "the database was written"
    assert len(told) > 10_000
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret not in out + err
        assert secret not in told.replace(f"ticket={secret}", "")  # a page gives the browser its own ticket anew


async def test_no_secret_is_ever_part_of_an_address(tmp_path: Path, livekit: LiveKitServer) -> None:
    async with open_front_door(tmp_path, livekit) as door:
        owner = await door.signed_in("Olga")
        guest, knock, entry = await door.let_in(owner, "Nora")
        refused = door.browser()
        ticket, session = cookie(guest, "ticket"), cookie(owner, "session")
        # What would be a secret in an address is none: it opens nothing.
        for path in (
            f"/api/v1/knocks/{knock['id']}/entry?ticket={ticket}",
            f"/api/v1/meetings/{entry['meeting']}/events?session={session}",
            f"/api/v1/meetings/{entry['meeting']}/events?access_token={entry['token']}",
        ):
            method = "POST" if "entry" in path else "GET"
            assert (await refused.call(method, path)).status == 404
