"""The verifier of access tokens, made from a service's settings."""

from collections.abc import Callable
from datetime import datetime

from shared.runtime.settings import TokenSettings
from shared.web.identity.keys import keys_at
from shared.web.identity.tokens import Claims, Verifier


def verifier_for(given: TokenSettings, now: Callable[[], datetime]) -> Verifier:
    """Verifies the tokens that the settings say to accept."""
    return Verifier(
        issuer=given.oidc_issuer,
        audience=given.oidc_audience,
        keys=keys_at(given.oidc_jwks, given.oidc_issuer),
        now=now,
        claims=Claims(given.oidc_roles_claim, given.oidc_name_claim, given.oidc_agency_claim),
    )
