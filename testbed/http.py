"""Speaks HTTP to an app in this process, without a server in between."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def problem(self) -> str:
        """The slug of the problem that this answer is."""
        assert self.headers["content-type"] == "application/problem+json", self
        type_ = self.json["type"]
        assert isinstance(type_, str)
        return type_.removeprefix("/problems/")


class Client:
    """`await Client(app).post("/v1/requests", {...}, token=…)`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def get(
        self, target: str, *, token: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return await self.send("GET", target, token=token, headers=headers)

    async def post(
        self,
        target: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`body` as JSON; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"content-type": "application/json", **(headers or {})}
        return await self.send("POST", target, content, token=token, headers=given)

    async def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        given = {"host": "janji.test", "content-length": str(len(body)), **(headers or {})}
        if token is not None:
            given["authorization"] = f"Bearer {token}"
        return await self.exchange(scope(method, target, given), [body])

    async def exchange(self, request: dict[str, Any], chunks: list[bytes]) -> Answer:
        """One request whose body comes in these pieces."""
        left = list(chunks)
        sent: list[Message] = []

        async def receive() -> Message:
            if not left:
                await asyncio.Event().wait()  # for the answer, however long it is
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(request, receive, send)
        start, *rest = sent
        return Answer(
            status=start["status"],
            headers={name.decode(): value.decode("latin-1") for name, value in start["headers"]},
            body=b"".join(each.get("body", b"") for each in rest),
        )


def scope(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("janji.test", 80),
        "state": {},
    }
