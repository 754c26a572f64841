"""The minimal cost of a response: constant bytes, on the server of the services.

Run as `python -m benchmarks.constant PORT < RESPONSE`, with a recorded HTTP response. It is plain
ASGI, which neither reads nor counts requests.
"""

import sys

import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.server import serve


def constant(answer: bytes) -> ASGIApp:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    headers = [(name, value) for name, _, value in lines if name != b"date"]  # the server's own

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


if __name__ == "__main__":
    uvloop.run(serve(constant(sys.stdin.buffer.read()), "127.0.0.1", int(sys.argv[1])))
