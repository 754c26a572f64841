"""Tokens: only those that our issuer signed, for our audience, not expired."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from services.complaints.public_api import COMPLAINANT
from shared.cases.case import SYSTEM
from shared.web.identity.tokens import (
    CACHED_MAX,
    RESERVED_SUBS,
    AnyCaller,
    Caller,
    Claims,
    InvalidToken,
    Verifier,
    require,
)
from testbed.http import Client
from testbed.surface import AUDIENCE, ISSUER, KEY, NOW, HeldKeys, surface, token, verifier

AT = int(NOW.timestamp())


def client() -> Client:
    router = APIRouter()

    @router.get("/me")
    async def me(who: AnyCaller) -> dict[str, Any]:
        return {"sub": who.sub, "roles": sorted(who.roles), "agency": who.agency}

    @router.get("/review")
    async def review(
        who: Annotated[Caller, Depends(require("reviewer", "supervisor"))],
    ) -> dict[str, str]:
        return {"as": who.acting_as("supervisor", "reviewer")}

    return surface(router)


async def test_a_valid_token_tells_who_calls() -> None:
    answer = await client().get("/me", token=token("agency", "intake", agency="DINKES"))

    assert answer.json == {"sub": "reviewer-7", "roles": ["agency", "intake"], "agency": "DINKES"}


async def test_missing_token_lets_no_caller_in() -> None:
    answer = await client().get("/me")

    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_scheme_is_no_token() -> None:
    answer = await client().get("/me", headers={"authorization": "Basic c2l0aTpzaXRp"})

    assert answer.status == 401


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("nonsense", id="no token at all"),
        pytest.param("a.b.c", id="three words"),
        pytest.param(token()[:-4] + "AAAA", id="a changed signature"),
        pytest.param(token(iss="https://elsewhere.test"), id="another issuer"),
        pytest.param(token(aud="another service"), id="another audience"),
        pytest.param(token(aud=None), id="no audience"),
        pytest.param(token(exp=AT - 31), id="expired, beyond the leeway"),
        pytest.param(token(exp=None), id="without an end"),
        pytest.param(token(exp="tomorrow"), id="an end that is no time"),
        pytest.param(token(nbf=AT + 31), id="not yet"),
        pytest.param(token(iat=AT + 31), id="made in the future"),
        pytest.param(token(sub=None), id="nobody's"),
        pytest.param(token(sub=""), id="an empty sub"),
        pytest.param(token(sub="a\0b"), id="NUL in the sub"),
        pytest.param(token(sub="x" * 201), id="a sub too long to keep"),
        pytest.param(token(name="x" * 9_000), id="too long"),
        pytest.param(token(sub="system"), id="the software's own sub"),
        pytest.param(token(sub="Complainant"), id="the public's own sub"),
        pytest.param(token(exp=AT + 401 * 86_400), id="for more than a year"),
        pytest.param(token(iat=None, exp=AT + 401 * 86_400), id="for more than a year from now"),
        pytest.param(token(typ="ID"), id="an ID token, as Keycloak says"),
        pytest.param(token(typ="Refresh"), id="a refresh token"),
        pytest.param(token(at_hash="x"), id="an ID token, as others show"),
        pytest.param(token(events={}), id="a logout token"),
        pytest.param(token(cnf={"jkt": "x"}), id="bound to a key"),
        pytest.param(token(header={"typ": "logout+jwt"}), id="another kind in the header"),
        pytest.param(token(key=ECKey.generate_key("P-256", {"kid": "first"})), id="forged"),
        pytest.param(token(key=ECKey.generate_key("P-256", {"kid": "other"})), id="unknown key"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(wrong: str) -> None:
    answer = await client().get("/me", token=wrong)

    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "application/at+jwt", None])
async def test_an_access_token_of_each_kind_is_taken(kind: str | None) -> None:
    header = {} if kind is None else {"typ": kind}
    answer = await client().get("/me", token=token(header=header, typ="Bearer"))

    assert answer.status == 200


@pytest.mark.parametrize(
    ("way", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["reviewer"]}}),
        ("https://dinas.example/roles", {"https://dinas.example/roles": ["reviewer"]}),
        ("groups", {"groups": ["reviewer", "staff", 7]}),
    ],
)
async def test_claims_are_taken_from_where_the_issuer_puts_them(
    way: str, claims: dict[str, Any]
) -> None:
    taken = verifier(claims=Claims(roles=way, name="profile.name", agency="unit"))
    shown = token("supervisor", agency="DINKES", unit="DISDIK", profile={"name": "Ani"}, **claims)

    who = await taken.verify(shown)

    assert (list(who.roles), who.name, who.agency) == (["reviewer"], "Ani", "DISDIK")


@pytest.mark.parametrize("place", [None, "reviewer", {"roles": "reviewer"}, [["reviewer"]], 7])
async def test_a_claim_of_another_shape_gives_no_role(place: object) -> None:
    taken = verifier(claims=Claims(roles="realm_access.roles"))

    who = await taken.verify(token(realm_access=place))

    assert who.roles == frozenset()


def test_every_actor_of_the_software_is_reserved() -> None:
    assert {actor.sub for actor in (SYSTEM, COMPLAINANT)} == RESERVED_SUBS


@pytest.mark.parametrize(
    "skewed",
    [token(exp=AT - 29), token(nbf=AT + 29), token(iat=AT + 29)],
    ids=["exp", "nbf", "iat"],
)
async def test_clocks_may_differ_by_half_a_minute(skewed: str) -> None:
    answer = await client().get("/me", token=skewed)

    assert answer.status == 200


def by_hand(algorithm: str, secret: bytes | None) -> str:
    """What an attacker makes: our public key is known, so it might serve as a shared secret."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "me", "exp": AT + 60, "roles": ["supervisor"]}
    signed = b".".join(_base64(part) for part in ({"alg": algorithm, "kid": "first"}, claims))
    signature = b"" if secret is None else hmac.digest(secret, signed, "sha256")
    return (signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode()


def _base64(part: object) -> bytes:
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(by_hand("HS256", KEY.as_pem(private=False)), id="our public key as a secret"),
        pytest.param(by_hand("none", None), id="unsigned"),
        pytest.param(by_hand("ES256", b"guess"), id="signed with something else"),
    ],
)
async def test_only_the_issuers_key_signs(forged: str) -> None:
    with pytest.raises(InvalidToken):
        await verifier().verify(forged)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, {"kid": "rsa"}), "RS256"),
        (ECKey.generate_key("P-256", {"kid": "ec"}), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "ed"}), "Ed25519"),
        pytest.param(
            OKPKey.generate_key("Ed25519", {"kid": "ed"}),
            "EdDSA",
            marks=pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_the_usual_algorithms_are_understood(key: Key, algorithm: str) -> None:
    caller = await verifier(HeldKeys(key)).verify(token(key=key, algorithm=algorithm))

    assert caller.sub == "reviewer-7"


async def test_a_key_that_is_not_held_is_looked_for_once() -> None:
    keys = HeldKeys(ECKey.generate_key("P-256", {"kid": "old"}))

    with pytest.raises(InvalidToken):
        await verifier(keys).verify(token())

    assert keys.looked_again == 1


async def test_a_verified_token_is_remembered_and_forgotten_in_minutes() -> None:
    """Else a key that was taken out would go on to let people in until their token ends."""
    now, keys = [NOW], HeldKeys(KEY)
    remembering = Verifier(issuer=ISSUER, audience=AUDIENCE, keys=keys, now=lambda: now[0])
    shown = token(exp=AT + 36_000)
    await remembering.verify(shown)

    keys.keys = HeldKeys(ECKey.generate_key("P-256", {"kid": "new"})).keys
    assert await remembering.verify(shown)

    now[0] = NOW.replace(minute=NOW.minute + 5)
    with pytest.raises(InvalidToken):
        await remembering.verify(shown)


async def test_a_remembered_token_ends_when_it_says() -> None:
    now = [NOW]
    ending = Verifier(issuer=ISSUER, audience=AUDIENCE, keys=HeldKeys(KEY), now=lambda: now[0])
    shown = token(exp=AT + 10)
    await ending.verify(shown)

    now[0] = NOW.replace(minute=NOW.minute + 1)

    with pytest.raises(InvalidToken):
        await ending.verify(shown)


async def test_no_more_tokens_are_remembered_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.identity.tokens.CACHED_MAX", 2)
    bounded = verifier()

    callers = [await bounded.verify(token(sub=f"staff-{number}")) for number in range(5)]

    assert [caller.sub for caller in callers][-1] == "staff-4"
    assert len(bounded._cached) == 2
    assert CACHED_MAX == 10_000


async def test_a_role_that_is_not_ours_is_none() -> None:
    answer = await client().get("/me", token=token("reviewer", "admin"))

    assert answer.json["roles"] == ["reviewer"]


@pytest.mark.parametrize("agency", [None, "", 7, "a\nb"])
async def test_an_agency_without_its_code_is_no_agency(agency: object) -> None:
    answer = await client().get("/me", token=token("agency", agency=agency))

    assert answer.json["roles"] == []


@pytest.mark.parametrize("roles", ["reviewer", 7, {"reviewer": True}, None])
async def test_roles_that_are_no_list_are_none(roles: object) -> None:
    answer = await client().get("/me", token=token(roles=roles))

    assert answer.json["roles"] == []


async def test_a_role_that_may_not_is_told_which_may() -> None:
    answer = await client().get("/review", token=token("auditor"))

    assert (answer.status, answer.problem) == (403, "forbidden")
    assert "reviewer, supervisor" in answer.json["detail"]


async def test_a_caller_acts_by_the_first_of_the_roles_that_he_has() -> None:
    reviewing = await client().get("/review", token=token("reviewer"))
    supervising = await client().get("/review", token=token("reviewer", "supervisor"))

    assert (reviewing.json, supervising.json) == ({"as": "reviewer"}, {"as": "supervisor"})
