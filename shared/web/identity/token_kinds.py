"""Which tokens of the issuer are access tokens for us; others have the same signature.

An ID token tells a client who has signed in, a refresh token is for the issuer alone, and one that
is bound to a key (RFC 8705, RFC 9449) would need a proof that isn't asked for here.
"""

from collections.abc import Mapping
from typing import Any

LIFETIME_SECONDS_MAX = 400 * 86_400  # a feed's yearly token; people's last for hours
HEADER_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})  # RFC 9068, section 2.1
CLAIM_TYPES = frozenset({"", "bearer", "jwt", "at+jwt"})  # Keycloak: Bearer, ID, Refresh, …
OF_OTHER_TOKENS = {
    "at_hash": "an ID token is no access token",
    "c_hash": "an ID token is no access token",
    "events": "a logout token is no access token",
    "cnf": "the token is bound to a key, whose proof is not asked for here",
}


def wrong_kind(header: Mapping[str, Any], claims: Mapping[str, Any], now: float) -> str | None:
    """Why this is no access token that can be taken, if it is none.

    `claims`: verified, so `exp` is a number. now: seconds since 1970.
    """
    if str(header.get("typ") or "").lower() not in HEADER_TYPES:
        return "the header's typ is not that of an access token"
    if str(claims.get("typ") or "").lower() not in CLAIM_TYPES:
        return "the claim typ is not that of an access token"
    for claim, reason in OF_OTHER_TOKENS.items():
        if claim in claims:
            return reason
    if claims["exp"] - claims.get("iat", now) > LIFETIME_SECONDS_MAX:
        return "the token is valid for more than 400 days"
    return None
