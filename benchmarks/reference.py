"""The measure of all figures: a bare aiohttp server that reads a JSON body and answers JSON of a given size."""

from __future__ import annotations

import json
import sys

from aiohttp import web


def main() -> None:
    """Arguments: port, bytes of the answer."""
    port, size = int(sys.argv[1]), int(sys.argv[2])
    filling = "x" * max(0, size - len(json.dumps({"text": ""})))

    async def post(request: web.Request) -> web.Response:
        await request.json()
        return web.json_response({"text": filling})

    app = web.Application()
    app.router.add_post("/", post)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
