"""The names under which the application keeps its parts: typed, so that a handler knows what it gets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from admission.store.sqlite import Store
    from signal_server.config import Settings
    from signal_server.failed_sign_ins import FailedSignIns
    from signal_server.feed import Feed
    from signal_server.limits import KnockLimits, ReactionLimits
    from signal_server.live_figures import LiveFigures
    from signal_server.metrics import Metrics
    from signal_server.passwords import Passwords
    from signal_server.presence import Presence
    from signal_server.sfu.rooms import Rooms
    from signal_server.sfu.tokens import Tokens
    from signal_server.streams import Streams
    from signal_server.turned_away import TurnedAway
    from signal_server.turns import Turns

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
STORE: web.AppKey[Store] = web.AppKey("store")
FEED: web.AppKey[Feed] = web.AppKey("feed")
STREAMS: web.AppKey[Streams] = web.AppKey("streams")
PRESENCE: web.AppKey[Presence] = web.AppKey("presence")
METRICS: web.AppKey[Metrics] = web.AppKey("metrics")
ROOMS: web.AppKey[Rooms] = web.AppKey("rooms")
TOKENS: web.AppKey[Tokens] = web.AppKey("tokens")
REACTION_LIMITS: web.AppKey[ReactionLimits] = web.AppKey("reaction_limits")
KNOCK_LIMITS: web.AppKey[KnockLimits] = web.AppKey("knock_limits")
TURNS: web.AppKey[Turns] = web.AppKey("turns")
PASSWORDS: web.AppKey[Passwords] = web.AppKey("passwords")
FAILED_SIGN_INS: web.AppKey[FailedSignIns] = web.AppKey("failed_sign_ins")
LIVE_FIGURES: web.AppKey[LiveFigures] = web.AppKey("live_figures")
TURNED_AWAY: web.AppKey[TurnedAway] = web.AppKey("turned_away")
IN_HAND: web.AppKey[set[asyncio.Future[web.StreamResponse]]] = web.AppKey("in_hand")
