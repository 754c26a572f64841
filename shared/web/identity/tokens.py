"""Callers by OIDC access tokens, which are verified once and cached for some minutes.

Clients send the same token again and again; a cached token costs a hash and a lookup. Only
asymmetric algorithms are accepted, so that no verifier can issue tokens.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from shared.text import Text
from shared.web.identity.roles import ROLES, Role
from shared.web.identity.token_kinds import wrong_kind
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE
from shared.web.security.security_log import SUB, note_refusal

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")  # the last is RFC 9864's name of EdDSA
LEEWAY_SECONDS = 30  # clocks of office machines drift
TOKEN_CHARACTERS_MAX = 8_192
CLAIM_CHARACTERS_MAX = 200
CACHED_MAX = 10_000  # about 5 MB
CACHED_SECONDS_MAX = 300  # a key removed from the JWKS stops working after this at the latest
RETRY_AFTER_SECONDS = 5
RESERVED_SUBS = frozenset({"system", "complainant"})  # who acts in events that no token caused


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a verified token. The role of an agency counts only with an agency code."""

    sub: str
    name: str
    roles: frozenset[Role]
    agency: str | None

    def may(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def acting_as(self, *roles: Role) -> Role:
        """The first of these roles that the caller has; the event records it."""
        return next(role for role in roles if role in self.roles)


@dataclass(frozen=True, slots=True)
class Claims:
    """Where an issuer's tokens say who somebody is: a name, or a way like `realm_access.roles`."""

    roles: str = "roles"
    name: str = "name"
    agency: str = "agency"


class InvalidToken(Exception):
    """The reason in English, for WWW-Authenticate; it contains nothing of the token."""


class KeysUnavailable(Exception):
    """The issuer's keys could not be read yet, so no token can be verified."""


class Keys(Protocol):
    """The issuer's public keys. `unknown` forces a refresh: a token names an unknown key."""

    async def held(self, *, unknown: bool = False) -> KeySet: ...


TokenSeen = Callable[[str, str, Collection[str]], Awaitable[None]]
"""What a service does with each verified token's `sub`, name and roles; it never raises."""


class Verifier:
    """Verifies the access tokens of one issuer for one audience."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        keys: Keys,
        now: Callable[[], datetime],
        claims: Claims = Claims(),
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._now = now
        self._claims = claims
        self._cached: dict[bytes, tuple[Caller, float]] = {}

    async def verify(self, token: str) -> Caller:
        """The caller, or InvalidToken, or KeysUnavailable."""
        now = self._now().timestamp()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._cached.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise InvalidToken("the token is too long")
        signed = await self._signed(token)
        claims = signed.claims
        self._check(claims, now)
        if reason := wrong_kind(signed.header, claims, now):
            raise InvalidToken(reason)
        caller = self._caller(claims)
        self._cache(digest, caller, until=min(claims["exp"], now + CACHED_SECONDS_MAX))
        return caller

    async def _signed(self, token: str) -> jwt.Token:
        """Header and claims, once the signature holds."""
        try:
            try:
                return jwt.decode(token, await self._keys.held(), ALGORITHMS)
            except InvalidKeyIdError:
                return jwt.decode(token, await self._keys.held(unknown=True), ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise InvalidToken("the signature does not hold") from error

    def _check(self, claims: dict[str, Any], now: float) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise InvalidToken(error.description or error.error) from error

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        """The caller of the claims. Its `sub` is stored in events, so it must be a line of text."""
        sub, agency = _line(claims["sub"]), _line(_at(self._claims.agency, claims))
        if sub is None or " " in sub:  # it is published: a pseudonym, no name and no sentence
            raise InvalidToken("the sub is not one word")
        if sub.casefold() in RESERVED_SUBS:
            raise InvalidToken("the sub is one of the software's own")
        given = _at(self._claims.roles, claims)
        roles = frozenset(role for role in ROLES if isinstance(given, list) and role in given)
        return Caller(
            sub=sub,
            name=_line(_at(self._claims.name, claims)) or "",
            roles=roles if agency else roles - {"agency"},
            agency=agency,
        )

    def _cache(self, digest: bytes, caller: Caller, *, until: float) -> None:
        """Caches the caller; drops the oldest entry when there are too many."""
        self._cached.pop(digest, None)
        if len(self._cached) >= CACHED_MAX:
            del self._cached[next(iter(self._cached))]
        self._cached[digest] = (caller, until)


def _at(way: str, claims: Mapping[str, Any]) -> object:
    """The claim of this name, or of this way; a name may have dots itself, as a URL has."""
    if way in claims:
        return claims[way]
    first, dot, rest = way.partition(".")
    inner = claims.get(first)
    return _at(rest, inner) if dot and isinstance(inner, dict) else None


def _line(claim: object) -> str | None:
    fits = isinstance(claim, str) and 0 < len(claim) <= CLAIM_CHARACTERS_MAX
    return claim if isinstance(claim, str) and fits and claim.isprintable() else None


@dataclass(frozen=True, slots=True)
class ForRoles:
    """The base of dependencies for callers with one of these roles; without roles, any caller.

    Such a dependency takes only the request, because FastAPI needs some 25 µs for each nested
    dependency.
    """

    roles: tuple[Role, ...] = ()

    async def caller(self, request: Request) -> Caller:
        who = await _verified(request)
        if self.roles and not who.may(*self.roles):
            raise Problem(FORBIDDEN, detail=self._needed())
        return who

    def _needed(self) -> Text:
        return Text(
            id=f"Yang berwenang hanya peran {', '.join(self.roles)}.",
            en=f"Only the roles {', '.join(self.roles)} may do this.",
        )


class Require(ForRoles):
    """A dependency: the caller."""

    async def __call__(self, request: Request) -> Caller:
        return await self.caller(request)


def require(*roles: Role) -> Require:
    return Require(roles)


caller = Require()
AnyCaller = Annotated[Caller, Depends(caller)]


async def _verified(request: Request) -> Caller:
    token = bearer(request)
    if token is None:
        raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
    verifier: Verifier = request.app.state.verifier
    token_seen: TokenSeen | None = request.app.state.token_seen
    try:
        who = await verifier.verify(token)
    except InvalidToken as error:
        note_refusal(request.scope, "invalid_token", str(error))
        challenge = f'Bearer error="invalid_token", error_description="{_quotable(error)}"'
        raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": challenge}) from error
    except KeysUnavailable as error:
        raise Problem(UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}) from error
    request.scope[SUB] = who.sub
    if token_seen is not None:
        await token_seen(who.sub, who.name, who.roles)
    return who


def bearer(request: Request) -> str | None:
    """The token of `Authorization: Bearer`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _quotable(error: InvalidToken) -> str:
    return str(error).replace('"', "'")
