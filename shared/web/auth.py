"""Who calls: OIDC access tokens, verified once and then remembered until they expire.

A hot command path asks for the same token again and again; a remembered one costs a hash and a
look-up. Only asymmetric algorithms: nobody who can verify a token can make one.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.promise.standard import Text
from shared.web.problem_catalogue import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE
from shared.web.problems import Problem
from shared.web.roles import ROLES, Role

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")  # the last is RFC 9864's name of EdDSA
LEEWAY_SECONDS = 30  # clocks of office machines drift
TOKEN_CHARACTERS_MAX = 8_192
REMEMBERED_MAX = 10_000
REMEMBERED_SECONDS_MAX = 300  # a key taken out of the JWKS stops working after this at the latest


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose token was verified. An agency's role counts only with its agency code."""

    sub: str
    name: str
    roles: frozenset[Role]
    agency: str | None

    def may(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def acting_as(self, *roles: Role) -> Role:
        """The first of these roles that the caller has: what the event will remember."""
        return next(role for role in roles if role in self.roles)


class InvalidToken(Exception):
    """Says in English why; it goes into WWW-Authenticate and names nothing of the token."""


class KeysUnavailable(Exception):
    """The issuer's keys could never be read: nobody can be let in for now."""


class Keys(Protocol):
    """The issuer's public keys. `unknown` asks to look again: a token names a key not held."""

    async def held(self, *, unknown: bool = False) -> KeySet: ...


class Verifier:
    """Verifies access tokens of one issuer for one audience."""

    def __init__(
        self, *, issuer: str, audience: str, keys: Keys, now: Callable[[], datetime]
    ) -> None:
        self._keys = keys
        self._now = now
        self._issuer = issuer
        self._audience = audience
        self._remembered: dict[bytes, tuple[Caller, float]] = {}

    async def verify(self, token: str) -> Caller:
        """The caller, or InvalidToken."""
        now = self._now().timestamp()
        digest = hashlib.sha256(token.encode()).digest()
        caller, until = self._remembered.get(digest, (None, 0.0))
        if caller is not None and now < until:
            return caller
        claims = await self._claims(token, now)
        caller = _caller(claims)
        self._remember(digest, caller, min(claims["exp"], now + REMEMBERED_SECONDS_MAX))
        return caller

    def _remember(self, digest: bytes, caller: Caller, until: float) -> None:
        self._remembered.pop(digest, None)
        if len(self._remembered) >= REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = (caller, until)

    async def _claims(self, token: str, now: float) -> Mapping[str, Any]:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise InvalidToken("the token is too long")
        claims = await self._signed(token)
        registry = jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise InvalidToken(error.description or error.error) from error
        return claims

    async def _signed(self, token: str) -> Mapping[str, Any]:
        try:
            return jwt.decode(token, await self._keys.held(), list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            pass
        try:
            return jwt.decode(token, await self._keys.held(unknown=True), list(ALGORITHMS)).claims
        except (JoseError, ValueError) as error:
            raise InvalidToken("the signature could not be verified") from error


def _caller(claims: Mapping[str, Any]) -> Caller:
    agency = claims.get("agency")
    agency = agency if isinstance(agency, str) and agency else None
    given = claims.get("roles")
    roles = frozenset(role for role in ROLES if isinstance(given, list) and role in given)
    if agency is None:
        roles -= {"agency"}
    name = claims.get("name")
    return Caller(claims["sub"], name if isinstance(name, str) else "", roles, agency)


def bearer(request: Request) -> str | None:
    """The token of `Authorization: Bearer`, whatever it is a token of."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def caller(request: Request) -> Caller:
    """A dependency: whoever calls, verified."""
    token = bearer(request)
    if token is None:
        raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
    verifier: Verifier = request.app.state.verifier
    try:
        return await verifier.verify(token)
    except InvalidToken as error:
        challenge = f'Bearer error="invalid_token", error_description="{error}"'
        raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": challenge}) from error
    except KeysUnavailable as error:
        raise Problem(UNAVAILABLE, headers={"Retry-After": "5"}) from error


AnyCaller = Annotated[Caller, Depends(caller)]


def require(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: a caller with at least one of these roles."""

    async def with_role(who: AnyCaller) -> Caller:
        if not who.may(*roles):
            raise Problem(FORBIDDEN, detail=_roles_needed(roles))
        return who

    return with_role


def _roles_needed(roles: tuple[Role, ...]) -> Text:
    return Text(
        id=f"Yang berwenang hanya peran {', '.join(roles)}.",
        en=f"Only the roles {', '.join(roles)} may do this.",
    )
