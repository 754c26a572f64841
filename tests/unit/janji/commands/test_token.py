"""`janji token`: a token of this installation's own issuer, and nothing else on the line."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.issuer import AUDIENCE, ISSUER, issuer, write_feed_token
from shared.web.identity.keys import FileKeys
from shared.web.identity.tokens import Caller, InvalidToken, Verifier


def janji_token(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "janji", "token", *arguments],
        env={**os.environ, "JANJI_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


async def verified(home: Path, token: str, *, later_seconds: float = 0) -> Caller:
    def now() -> datetime:
        return datetime.fromtimestamp(time.time() + later_seconds, UTC)

    keys = FileKeys(home / "jwks.json")
    return await Verifier(issuer=ISSUER, audience=AUDIENCE, keys=keys, now=now).verify(token)


async def test_the_token_is_printed_alone_and_lets_in(tmp_path: Path) -> None:
    done = janji_token(tmp_path, "--role", "reviewer", "--role", "intake", "--name", "Siti")

    assert (done.returncode, done.stderr) == (0, "")
    caller = await verified(tmp_path, done.stdout.removesuffix("\n"))
    assert (caller.name, sorted(caller.roles)) == ("Siti", ["intake", "reviewer"])


async def test_an_agency_has_its_code(tmp_path: Path) -> None:
    done = janji_token(tmp_path, "--role", "agency", "--agency", "DINKES")

    caller = await verified(tmp_path, done.stdout.strip())

    assert (caller.agency, list(caller.roles)) == ("DINKES", ["agency"])


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no role"),
        pytest.param(["--role", "boss"], id="no such role"),
        pytest.param(["--role", "agency"], id="an agency without its code"),
        pytest.param(["--role", "intake", "--agency", "DINKES"], id="a code without the role"),
    ],
)
def test_wrong_arguments_are_refused_and_no_token_is_printed(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = janji_token(tmp_path, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "role" in done.stderr


def test_all_that_is_wrong_with_a_token_is_said_at_once(tmp_path: Path) -> None:
    done = janji_token(tmp_path, "--role", "boss", "--role", "chief", "--agency", "DINKES")

    said = " ".join(done.stderr.replace("│", " ").split())
    assert "boss, chief" in said
    assert "--role agency and --agency CODE go together" in said


def test_an_unknown_agency_is_named_beside_those_that_exist(tmp_path: Path) -> None:
    done = janji_token(tmp_path, "--role", "agency", "--agency", "NOPE")

    assert (done.returncode, done.stdout) == (2, "")
    assert "NOPE" in done.stderr
    assert "DISKOMINFO" in done.stderr


async def test_a_token_lasts_eight_hours(tmp_path: Path) -> None:
    shown = issuer(tmp_path).token(roles=["auditor"], at=time.time())

    assert await verified(tmp_path, shown, later_seconds=8 * 3_600 - 60)
    with pytest.raises(InvalidToken):
        await verified(tmp_path, shown, later_seconds=8 * 3_600 + 60)


async def test_the_key_outlives_restarts(tmp_path: Path) -> None:
    before = issuer(tmp_path).token(roles=["auditor"], at=time.time())

    assert issuer(tmp_path).key.kid == issuer(tmp_path).key.kid
    assert await verified(tmp_path, before)


def test_first_of_many_concurrent_callers_makes_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = {each.key.kid for each in pool.map(lambda _: issuer(tmp_path), range(8))}

    assert len(kids) == 1


async def test_a_lost_jwks_file_is_written_again(tmp_path: Path) -> None:
    shown = issuer(tmp_path).token(roles=["auditor"], at=time.time())
    (tmp_path / "jwks.json").unlink()

    issuer(tmp_path)

    assert await verified(tmp_path, shown)


def test_the_private_key_is_for_its_owner_only(tmp_path: Path) -> None:
    issuer(tmp_path)

    key = tmp_path / "secrets" / "issuer.jwk"
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert '"d"' not in (tmp_path / "jwks.json").read_text()


def test_the_sub_may_be_published_and_stays_the_same(tmp_path: Path) -> None:
    ours = issuer(tmp_path)

    named = ours.pseudonym(["reviewer"], "Siti", None)

    assert named == ours.pseudonym(["supervisor"], "Siti", None)
    assert named != ours.pseudonym(["reviewer"], "Budi", None)
    assert "siti" not in named.lower()
    assert ours.pseudonym(["reviewer"], None, None) == "reviewer"


async def test_services_read_feeds_with_a_token_of_their_own(tmp_path: Path) -> None:
    ours = issuer(tmp_path)
    path = tmp_path / "secrets" / "feed_token"

    write_feed_token(ours, path, time.time())

    caller = await verified(tmp_path, path.read_text(), later_seconds=30 * 24 * 3_600)
    assert caller.roles == {"subscriber"}
    assert path.stat().st_mode & 0o777 == 0o600
