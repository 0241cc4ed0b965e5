"""What every answer says about itself: the strict content policy, who may frame it, how long it may be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from signal_server.built import BASE

KEPT_FOR_EVER = "public, max-age=31536000, immutable"
KEPT_FOR_AN_HOUR = "public, max-age=3600"


def security_headers(public_url: str, livekit_public_url: str) -> dict[str, str]:
    """The headers of every answer, pages and API alike."""
    headers = {
        "Content-Security-Policy": content_policy(livekit_public_url),
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
        # Not no-referrer: with that, same-origin forms and fetches would send `Origin: null`.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # as frame-ancestors, for browsers that do not know it
    }
    if urlsplit(public_url).scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
        # Another site's page that opened ours keeps no hold of it. Browsers refuse this one on plain http.
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return headers


def content_policy(livekit_public_url: str, *, engine: bool = False) -> str:
    """Nothing but our own files, and the media server: by WebSocket, and by HTTP for livekit-client's validation.

    `engine`: the page may run WebAssembly, which blurs the background. Text never becomes script, there as elsewhere.
    """
    address = urlsplit(livekit_public_url)
    secure = address.scheme in ("wss", "https")
    livekit = " ".join(f"{scheme}://{address.netloc}" for scheme in (("wss", "https") if secure else ("ws", "http")))
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "script-src 'self' 'wasm-unsafe-eval'" if engine else "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "media-src 'self' blob:",
            f"connect-src 'self' {livekit}",
            "require-trusted-types-for 'script'",
        )
    )


def how_long(path: str, status: int) -> str:
    """Personal unless said otherwise: pages hold names, and links that let people in."""
    if status not in (200, 206, 304) or not path.startswith("/static/"):
        return "no-store"
    return KEPT_FOR_EVER if path.startswith(f"{BASE}assets/") else KEPT_FOR_AN_HOUR


def setup_headers(app: web.Application, public_url: str, livekit_public_url: str) -> None:
    """Add the headers when an answer begins, so that streams, files and errors have them, too."""
    headers = security_headers(public_url, livekit_public_url)

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", how_long(request.path, response.status))
        response.headers.popall("Server", None)

    signal: Callable[[web.Request, web.StreamResponse], Awaitable[None]] = add
    app.on_response_prepare.append(signal)
