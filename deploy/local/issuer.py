"""The identity provider of a single machine: a key in JANJI_HOME, and tokens signed with it.

Services know only its JWKS file, as they would of an office's identity provider.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER = "urn:janji:local"
AUDIENCE = "janji"
ALGORITHM = "ES256"
TOKEN_HOURS = 8  # a working day
FEED_TOKEN_HOURS = 24 * 365  # renewed at every `up`


@dataclass(frozen=True, slots=True)
class Issuer:
    """The private key, and the path of the JWKS file with its public half."""

    key: ECKey
    jwks: Path

    def token(
        self,
        *,
        roles: Sequence[str],
        name: str | None = None,
        agency: str | None = None,
        at: float,
        hours: int = TOKEN_HOURS,
    ) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": self.pseudonym(roles, name, agency),
            "name": name or ", ".join(roles),
            "roles": list(roles),
            "iat": int(at),
            "exp": int(at) + hours * 3_600,
        }
        if agency is not None:
            claims["agency"] = agency
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key)

    def pseudonym(self, roles: Sequence[str], name: str | None, agency: str | None) -> str:
        """The `sub`, which may be published: constant for a person, without revealing the name.

        Without a name it is made of the roles, as if each had one holder.
        """
        if name is None:
            return "-".join(filter(None, (*sorted(roles), agency)))
        secret = self.key.as_dict(private=True)["d"]
        assert isinstance(secret, str)
        return f"person-{hmac.digest(secret.encode(), name.encode(), hashlib.sha256).hex()[:12]}"


def issuer(folder: Path) -> Issuer:
    """The issuer of this JANJI_HOME, created at the first call and the same after a restart."""
    secrets, jwks = folder / "secrets", folder / "jwks.json"
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = secrets / "issuer.jwk"
    if not private.exists():
        made = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        _keep_first(private, json.dumps(made.as_dict(private=True)))
    key = ECKey.import_key(json.loads(private.read_text()))
    public = json.dumps({"keys": [key.as_dict(private=False)]})
    if not jwks.exists() or jwks.read_text() != public:
        _replace(jwks, public)
    return Issuer(key, jwks)


def write_feed_token(issuer: Issuer, path: Path, at: float) -> None:
    """Write the token with which the services read each other's feeds."""
    _replace(path, issuer.token(roles=["subscriber"], at=at, hours=FEED_TOKEN_HOURS))


def _keep_first(path: Path, text: str) -> None:
    """Write the file atomically, unless another process wrote it first."""
    with NamedTemporaryFile("w", dir=path.parent) as whole:
        whole.write(text)
        whole.flush()
        try:
            os.link(whole.name, path)
        except FileExistsError:
            return


def _replace(path: Path, text: str) -> None:
    """Replace the file atomically, since other processes may read it."""
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as whole:
        whole.write(text)
    Path(whole.name).replace(path)
