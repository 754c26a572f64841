"""The headers of a command and of its response.

`If-Match` is compared with the case's version, `Idempotency-Key` makes a repeat harmless, and
`traceparent` is stored with the events.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from shared.eventstore.records import Appended, CommandKey
from shared.text import Text
from shared.web.identity.tokens import caller
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import MALFORMED_REQUEST, STALE_VERSION
from shared.web.trace import traceparent

KEY_CHARACTERS_MAX = 128
VERSION = re.compile(r"[0-9]{1,18}")
ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
PUBLIC_KEY_CHARACTERS_MIN = 16  # a stranger who guessed a key would read another's receipt
PUBLIC = ("",)  # the scope of the keys of all callers without a token


@dataclass(frozen=True, slots=True)
class CommandHeaders:
    """`expected` are the versions that If-Match allows; None: any version."""

    expected: frozenset[int] | None
    key: CommandKey | None
    trace: str

    def check(self, version: int) -> None:
        """412 unless If-Match allows this version."""
        if self.expected is not None and version not in self.expected:
            raise Problem(STALE_VERSION)


async def command_headers(request: Request) -> CommandHeaders:
    """A dependency: the command headers of a caller with a token."""
    who = await caller(request)
    return await headers_of(request, scope=(who.sub,))


Headers = Annotated[CommandHeaders, Depends(command_headers)]


async def public_command_headers(request: Request) -> CommandHeaders:
    """A dependency: the command headers of a caller without a token."""
    return await headers_of(request, scope=PUBLIC)


PublicHeaders = Annotated[CommandHeaders, Depends(public_command_headers)]


async def headers_of(request: Request, *, scope: Sequence[str]) -> CommandHeaders:
    """`scope`: who gives the command; a key of anybody else is another key."""
    return CommandHeaders(
        expected=expected_versions(request.headers.getlist("if-match")),
        key=await _key(request, scope),
        trace=traceparent(request.scope),
    )


async def _key(request: Request, scope: Sequence[str]) -> CommandKey | None:
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None
    if len(given) > 1:
        raise Problem(MALFORMED_REQUEST, detail=KEY_SHAPE)
    keys: CommandKeys = request.app.state.command_keys
    body = await request.body()
    return keys.key(given[0], scope=scope, path=request.scope["path"], body=body)


def expected_versions(if_match: Sequence[str]) -> frozenset[int] | None:
    """The versions that the If-Match lines allow (RFC 9110, 13.1.1); None: any.

    If-Match compares strongly, so a weak tag matches nothing.
    """
    text = ",".join(if_match)
    if not if_match or text.strip() == "*":
        return None
    tags = ENTITY_TAG.findall(text)
    if not tags or ENTITY_TAG.sub("", text).strip(" \t,"):
        raise Problem(MALFORMED_REQUEST, detail=IF_MATCH_SHAPE)
    return frozenset(int(tag) for weak, tag in tags if not weak and VERSION.fullmatch(tag))


class CommandKeys:
    """Derives command keys by HMAC: neither the caller's key nor the body can be read from them."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        """`secret` stays the same under every master key, so that a repeat is known as one."""
        self._secret = secret

    def key(self, given: str, *, scope: Sequence[str], path: str, body: bytes) -> CommandKey:
        given = decoded_header(given)
        if not 1 <= len(given) <= KEY_CHARACTERS_MAX or "\0" in given:
            raise Problem(MALFORMED_REQUEST, detail=KEY_SHAPE)
        if scope == PUBLIC and len(given) < PUBLIC_KEY_CHARACTERS_MIN:
            raise Problem(MALFORMED_REQUEST, detail=PUBLIC_KEY_SHAPE)
        named = json.dumps([*scope, path, given]).encode()
        digest = hmac.digest(self._secret(), b"key " + named, "sha256")
        return CommandKey(
            key=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            request_hash=hmac.digest(self._secret(), b"body " + canonical_json(body), "sha256"),
        )


def decoded_header(header: str) -> str:
    """The server decodes headers as latin-1, but clients send UTF-8 and count its characters."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def canonical_json(body: bytes) -> bytes:
    """The same bytes for the same JSON, whatever its spacing and the order of its members."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="sorted")
    except (msgspec.DecodeError, RecursionError):
        return body


def command_response(
    case: Mapping[str, Any],
    appended: Appended,
    *,
    service: str,
    location: str | None = None,
) -> Response:
    """The case after the command: 201 where it was created at `location`, else 200."""
    headers = {
        "ETag": f'"{appended.version}"',
        "Janji-Position": f"{service}:{appended.last_position}",
    }
    if appended.replayed:
        headers["Idempotency-Replayed"] = "true"
    if location is not None:
        headers["Location"] = location
    return Response(
        msgspec.json.encode(case),
        200 if location is None else 201,
        headers=headers,
        media_type="application/json",
    )


IF_MATCH_SHAPE = Text(
    id='`If-Match` harus berupa `*` atau daftar ETag, seperti `"3"`.',
    en='`If-Match` must be `*` or a list of entity tags, like `"3"`.',
)
KEY_SHAPE = Text(
    id=f"`Idempotency-Key` harus berisi 1 sampai {KEY_CHARACTERS_MAX} karakter, tanpa NUL.",
    en=f"`Idempotency-Key` must have 1 to {KEY_CHARACTERS_MAX} characters and no NUL.",
)
PUBLIC_KEY_SHAPE = Text(
    id=f"`Idempotency-Key` tanpa token harus berisi sedikitnya {PUBLIC_KEY_CHARACTERS_MIN} karakter"
    " yang tidak dapat ditebak, misalnya UUID acak.",
    en=f"`Idempotency-Key` without a token must have at least {PUBLIC_KEY_CHARACTERS_MIN}"
    " characters that nobody can guess, such as a random UUID.",
)
