"""JANJI_HOME: the files that an installation keeps between runs, readable by its owner only."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.failures import CannotStart
from deploy.key_files import MasterKeyFiles, kept
from deploy.local.ports import free_ports, is_free
from deploy.local.processes import note, noted

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of an installation, with a name for each path in it."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """The files of running processes."""
        return self.folder / "run"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def broker(self) -> Path:
        return self.folder / "broker"

    @property
    def packages(self) -> Path:
        """The folder of RabbitMQ's unpacked Debian packages, if it isn't installed."""
        return self.folder / "packages/rabbitmq"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def erasures(self) -> Path:
        """The register of erasures, outside the databases."""
        return self.folder / "erasures"

    @property
    def ports(self) -> Path:
        return self.folder / "ports"

    @property
    def feed_token(self) -> Path:
        """The token for the services' feeds; every `up` writes a new one."""
        return self.secrets / "feed_token"

    @property
    def demonstration(self) -> Path:
        """Exists if the data are made up; see `demonstration.py`."""
        return self.folder / "demonstration.json"

    def prepare(self) -> None:
        """Create its folders, closed to other users."""
        try:
            for each in (self.folder, self.logs, self.run, self.secrets, self.ports):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
                each.chmod(0o700)
        except OSError as failure:
            raise CannotStart(
                f"{self.folder} can't be used: {failure.strerror}; name another in JANJI_HOME"
            ) from failure

    def password(self, of: str) -> str:
        """Generated at the first call."""
        return kept(self.secrets / of, lambda: secrets.token_urlsafe(24))

    @property
    def key_files(self) -> MasterKeyFiles:
        """The key that wraps the sealing keys. Losing it loses all personal data."""
        return MasterKeyFiles(self.secrets / "master_key", self.secrets / "retired_master_keys")

    def port(self, of: str) -> int:
        """The port in JANJI_<OF>_PORT, else its last one if that is free, else a new one."""
        variable = f"JANJI_{of.upper()}_PORT"
        if named := os.environ.get(variable):
            if not named.isdecimal() or not is_free(int(named)):
                raise CannotStart(f"{variable}={named} is not a free port: name another one")
            return int(named)
        path = self.ports / of
        if path.exists() and is_free(port := int(path.read_text())):
            return port
        port = free_ports(1)[0]
        path.write_text(str(port))
        return port

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether this process holds the lock to run the home's programs, until the block ends."""
        self.prepare()
        with (self.run / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            note(self.run / "up.pid", os.getpid())
            try:
                yield True
            finally:
                (self.run / "up.pid").unlink(missing_ok=True)

    def holder(self) -> int | None:
        """The process id of the lock's holder."""
        return noted(self.run / "up.pid")


def home() -> Home:
    """The folder in JANJI_HOME, else `.janji` in the project."""
    return Home(Path(os.environ.get("JANJI_HOME") or PROJECT / ".janji").absolute())
