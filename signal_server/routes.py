"""Every call of the HTTP contract, and who answers it."""

from __future__ import annotations

from aiohttp import web

from signal_server import health, metrics
from signal_server.api import authorize, contributions, doorbell, knock, link, meeting, moderation, session, setup


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/api/v1/session", session.show),
            web.post("/api/v1/session", session.sign_in),
            web.delete("/api/v1/session", session.sign_out),
            web.get("/api/v1/links/{slug}", link.look),
            web.patch("/api/v1/links/{slug}", link.change),
            web.post("/api/v1/links/{slug}/pause", link.pause),
            web.post("/api/v1/links/{slug}/rotate", link.rotate),
            web.post("/api/v1/links/{slug}/entry", link.enter),
            web.post("/api/v1/links/{slug}/decisions", link.decide_all),
            web.get("/api/v1/knocks/{id}/events", knock.events),
            web.post("/api/v1/knocks/{id}/entry", knock.enter),
            web.delete("/api/v1/knocks/{id}", knock.withdraw),
            web.post("/api/v1/knocks/{id}/decision", knock.decide),
            web.post("/api/v1/knocks/{id}/take-back", knock.take_back),
            web.get("/api/v1/doorbell/events", doorbell.events),
            web.post("/api/v1/doorbell/seen", doorbell.seen),
            web.post("/api/v1/doorbell/dismiss", doorbell.dismiss),
            web.get("/api/v1/meetings/{id}/events", meeting.events),
            web.post("/api/v1/meetings/{id}/leave", meeting.leave),
            web.get("/api/v1/links/{slug}/setup", setup.show_kept),
            web.patch("/api/v1/links/{slug}/setup", setup.change_kept),
            web.get("/api/v1/meetings/{id}/setup", setup.show),
            web.patch("/api/v1/meetings/{id}/setup", setup.change),
            web.post("/api/v1/meetings/{id}/off", moderation.off),
            web.post("/api/v1/meetings/{id}/allow", moderation.allow),
            web.post("/api/v1/meetings/{id}/ask", moderation.ask),
            web.post("/api/v1/meetings/{id}/remove", moderation.remove),
            web.post("/api/v1/meetings/{id}/end", moderation.end),
            web.get("/api/v1/meetings/{id}/contributions", contributions.show),
            web.get("/api/v1/meetings/{id}/contributions.csv", contributions.table),
            web.delete("/api/v1/meetings/{id}/contributions", contributions.forget),
            web.post("/api/v1/meetings/{id}/hand", meeting.hand),
            web.post("/api/v1/meetings/{id}/reaction", meeting.react),
            web.get("/livekit/authorize", authorize.authorize),
            web.get("/healthz", health.healthz),
            web.get("/readyz", health.readyz),
            web.get("/metrics", metrics.metrics),
        ]
    )
