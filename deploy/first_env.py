"""Writes what docker-compose.yml asks for: `.venv/bin/python -m deploy.first_env`.

New secrets go into `.env`; `.compose/` gets the master key, the keys of a token issuer for trying
it out, and the token for the feeds. An office with an identity provider names it in `.env` instead.
Existing files are never overwritten: a lost master key loses all personal data.
"""

import argparse
import secrets
import sys
import time
from pathlib import Path

from deploy.key_files import MasterKeyFiles
from deploy.local.home import PROJECT
from deploy.local.issuer import AUDIENCE, ISSUER, issuer, write_feed_token

SERVICES_PASSWORDS = ("REQUESTS", "COMPLAINTS", "PROJECTIONS")
PASSWORDS = (
    *("POSTGRES", "RABBITMQ"),
    *SERVICES_PASSWORDS,
    *(f"{each}_OWNER" for each in SERVICES_PASSWORDS),
)


def write(project: Path, at: float) -> None:
    """Write `.env` and `.compose/`; FileExistsError if `.env` exists."""
    environment = project / ".env"
    environment.touch(mode=0o600, exist_ok=False)
    environment.write_text("".join(f"{name}={value}\n" for name, value in values().items()))
    # Other users of this machine can't open the folder; the container's user must read the files.
    folder = project / ".compose"
    folder.mkdir(mode=0o700, exist_ok=True)
    ours = issuer(folder)
    write_feed_token(ours, folder / "feed_token", at)
    keys = MasterKeyFiles(folder / "keys/master_key", folder / "keys/retired_master_keys")
    keys.in_use.parent.mkdir(exist_ok=True)
    keys.prepare()
    for path in (ours.jwks, folder / "feed_token", keys.in_use, keys.retired):
        path.chmod(0o644)


def values() -> dict[str, str]:
    """Every variable without a default."""
    return {
        "MASTER_KEY_FILE": "/run/keys/master_key",  # as the containers see it
        "RETIRED_MASTER_KEYS_FILE": "/run/keys/retired_master_keys",
        "OIDC_ISSUER": ISSUER,
        "OIDC_AUDIENCE": AUDIENCE,
        **{f"{of}_PASSWORD": secrets.token_hex(20) for of in PASSWORDS},
    }


def main() -> None:
    # It takes no arguments, and `--help` must not write an `.env`.
    argparse.ArgumentParser("python -m deploy.first_env", description=__doc__).parse_args()
    try:
        write(PROJECT, time.time())
    except FileExistsError as there:
        sys.exit(f"{there.filename} is there already: remove it first, if nothing depends on it")


if __name__ == "__main__":
    main()
