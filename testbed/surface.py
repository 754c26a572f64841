"""An HTTP surface with the routes of a test, and tokens that it accepts."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from shared.cases.web.office_routes import standard_router
from shared.promise.standard import Standard, load_standards
from shared.text import Text
from shared.web.app import create_app
from shared.web.commands import CommandKeys
from shared.web.health import Check, Health
from shared.web.identity.tokens import Claims, Verifier
from shared.web.middleware import ObservedApp
from shared.web.page.shell import Shell
from shared.web.problems.handlers import ServiceProblems
from testbed.http import Client

ISSUER = "https://identity.test"
AUDIENCE = "janji"
NOW = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})


class HeldKeys:
    """The public keys of a test; counts how often it was asked to look again."""

    def __init__(self, *keys: Key) -> None:
        self.keys = KeySet(list(keys))
        self.looked_again = 0

    async def held(self, *, unknown: bool = False) -> KeySet:
        self.looked_again += unknown
        return self.keys


def verifier(keys: HeldKeys | None = None, claims: Claims = Claims()) -> Verifier:
    return Verifier(
        issuer=ISSUER,
        audience=AUDIENCE,
        keys=keys or HeldKeys(KEY),
        now=lambda: NOW,
        claims=claims,
    )


def token(
    *roles: str,
    key: Key = KEY,
    algorithm: str = "ES256",
    header: Mapping[str, str] = MappingProxyType({}),
    **claims: object,
) -> str:
    """A token that is valid, but for the claims that are given; None leaves a claim out."""
    at = int(NOW.timestamp())
    usual: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "reviewer-7",
        "name": "Siti",
        "roles": list(roles),
        "iat": at,
        "exp": at + 600,
    }
    said = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode({**header, "alg": algorithm, "kid": key.kid}, said, key, [algorithm])


@cache
def standard() -> Standard:
    return load_standards().in_force(date(2026, 11, 24))


def office_shell(**own: Any) -> Shell:
    """The shell of a service with these words, styles and so on."""
    today = standard()
    return Shell(today.office, decree=today.decree, service=today.title, **own)


def surface(
    *routers: APIRouter,
    problems: ServiceProblems | None = None,
    parts: dict[str, Check] | None = None,
    shell: Shell | None = None,
    registry: CollectorRegistry | None = None,
    before: Callable[[ObservedApp], ASGIApp] = lambda app: app,
    demonstration: bool = False,
) -> Client:
    app = create_app(
        Text(id="Percobaan", en="Trial"),
        [*routers, standard_router(standard(), lambda: NOW)],
        shell=shell or office_shell(),
        health=Health("trial", parts or {}),
        verifier=verifier(),
        registry=registry or CollectorRegistry(),
        command_keys=CommandKeys(lambda: b"k" * 32),
        problems=problems or ServiceProblems(),
        before=before,
        demonstration=demonstration,
    )
    return Client(app)
