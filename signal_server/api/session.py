"""Sign in, sign out, and who is signed in."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from admission import accounts
from admission.errors import SignInFailed
from signal_server import views
from signal_server.api.body import Body
from signal_server.api.call import By, call, call_with
from signal_server.clock import now
from signal_server.keys import FAILED_SIGN_INS, PASSWORDS, SETTINGS, STORE
from signal_server.limits import client_address
from signal_server.visitor import clear_session, credentials_of, set_session


def _filled_in(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("text", "{reason}", {"reason": "empty"})
    return text


class SignIn(Body):
    email: Annotated[str, Field(max_length=254), AfterValidator(_filled_in)]
    password: Annotated[str, Field(max_length=1024), AfterValidator(_filled_in)]


@call(By.SIGNED_IN, {200: views.Session})
async def show(request: web.Request) -> web.Response:
    """GET /api/v1/session: who is signed in."""
    sent = credentials_of(request)
    who = await request.app[STORE].run(lambda repository: accounts.who_is_signed_in(repository, sent, now()))
    return web.json_response(views.session(who, request.app[SETTINGS].public_url))


@call_with(SignIn, By.ANYONE, {200: views.Session}, "sign-in-failed", "too-many-requests")
async def sign_in(request: web.Request, given: SignIn) -> web.Response:
    """POST /api/v1/session: a new session each time; the one that this browser had ends."""
    address = client_address(request, request.app[SETTINGS].trusted_proxies)
    compared_with, rehashed = await _compare(request.app, given, address)
    before = credentials_of(request).session_hash
    secret, who = await request.app[STORE].run(
        lambda repository: accounts.sign_in(
            repository, given.email, compared_with, now(), rehashed=rehashed, before=before
        )
    )
    response = web.json_response(views.session(who, request.app[SETTINGS].public_url))
    set_session(request, response, secret)
    return response


async def _compare(app: web.Application, given: SignIn, address: str) -> tuple[str, str | None]:
    """The hash that the password matches, and a new one where its cost has changed.

    The same work and the same answer whether there is such an account or not. Raises SignInFailed,
    TooManyRequests, PasswordsBusy.
    """
    failures, passwords = app[FAILED_SIGN_INS], app[PASSWORDS]
    email = accounts.kept_email(given.email)
    # Looked at twice: who is over the limit takes no place in the queue, nor gets through it by waiting.
    failures.refuse_if_spent(email, address)
    stored = await app[STORE].run(lambda repository: accounts.password_hash_of(repository, email))
    matches = await passwords.verify(given.password, stored, turn=failures.comparing(email, address))
    if not matches or stored is None:
        failures.failed(email, address)
        raise SignInFailed
    failures.succeeded(email, address)
    return stored, await passwords.rehashed(given.password, stored)


@call(By.ANYONE, {204: None})
async def sign_out(request: web.Request) -> web.Response:
    """DELETE /api/v1/session: fine again, and when nobody is signed in."""
    session = credentials_of(request).session_hash
    if session is not None:
        await request.app[STORE].run(lambda repository: accounts.sign_out(repository, session, now()))
    response = web.Response(status=204)
    clear_session(request, response)
    return response
