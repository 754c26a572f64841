"""A private RabbitMQ node: the installed server's script, else unpacked Debian packages.

Debian's wrapper is bypassed, since it needs root and the system's folders. The node listens on
127.0.0.1 only, and writes to one folder. Its name server (epmd) runs beside it, or the node would
start one that outlives it.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika

from deploy.accounts import VHOST, Account, administrator, definitions
from deploy.local.packages import unpack
from deploy.local.supervisor import Program

DEBIAN = Path("/usr")
ADMINISTRATOR = "janji"
CONNECT_SECONDS = 2.0
# The first logged error, if the node starts logging; else Erlang's last message.
CAUSES = (
    re.compile(r"\[error\] <[\d.]+> (?!BOOT FAILED|=)(\S.*)"),
    re.compile(r"(?m)^(?:Runtime terminating|init terminating|Kernel pid terminated).*"),
)
CONFIGURATION = """\
listeners.tcp.default = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
load_definitions = {definitions}
log.console = true
log.console.level = info
log.file = false
"""


@dataclass(frozen=True, slots=True)
class Software:
    """The paths of the server's script and of Erlang's programs."""

    script: Path
    erlang: Path


@dataclass(frozen=True, slots=True)
class Ports:
    amqp: int
    management: int
    epmd: int
    distribution: int


@dataclass(frozen=True, slots=True)
class BrokerNode:
    """A private node: its folder, ports and accounts."""

    folder: Path
    software: Software
    ports: Ports
    password: str
    accounts: Sequence[Account] = ()

    @property
    def url(self) -> str:
        """The administrator's."""
        return self.url_of(ADMINISTRATOR, self.password)

    @property
    def management_url(self) -> str:
        return f"http://{ADMINISTRATOR}:{self.password}@127.0.0.1:{self.ports.management}"

    def url_of(self, account: str, password: str) -> str:
        return f"amqp://{account}:{password}@127.0.0.1:{self.ports.amqp}/{VHOST}"

    def programs(self) -> tuple[Program, Program]:
        """epmd, which starts first, and the node."""
        self._configure()
        environment = self._environment()
        epmd = (str(self.software.erlang / "epmd"), "-port", str(self.ports.epmd))
        return (
            Program("epmd", (*epmd, "-address", "127.0.0.1"), environment, self.folder),
            Program(
                "broker",
                (str(self.software.script),),
                environment,
                self.folder,
                causes=CAUSES,
            ),
        )

    async def accepts_login(self) -> bool:
        """Whether its administrator can log in."""
        return await accepts_login(self.url)

    def _configure(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        chief = administrator(ADMINISTRATOR, self.password)
        accounts = self.folder / "definitions.json"  # with users in it, no guest is created
        accounts.write_text(json.dumps(definitions([chief, *self.accounts])))
        (self.folder / "rabbitmq.conf").write_text(
            CONFIGURATION.format(
                amqp=self.ports.amqp, management=self.ports.management, definitions=accounts
            )
        )
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        cookie = self.folder / ".erlang.cookie"  # Erlang refuses a cookie that others can read
        cookie.unlink(missing_ok=True)
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(20))
        cookie.chmod(0o400)

    def _environment(self) -> dict[str, str]:
        """Every folder, file and port, since an unset one defaults to the system's."""
        return {
            "PATH": f"{self.software.erlang}:{os.environ.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "1",  # the script execs the node, so their process ids agree
            "NOTIFY_SOCKET": "",
            "RABBITMQ_NODENAME": "janji@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "node.pid"),
        }


async def accepts_login(url: str) -> bool:
    """Whether the URL's user can log in."""
    try:
        connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError, aio_pika.exceptions.AMQPError):
        return False
    await connection.close()
    return True


def place(url: str) -> str:
    """Host and port of the URL, without the password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def url_for(url: str, account: str, password: str) -> str:
    """The same broker's URL for another of its users."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{account}:{password}@{host}", parts.path, parts.query, ""))


def installed() -> Software | None:
    """The newest server of the system."""
    erl = shutil.which("erl")
    return _software(DEBIAN, Path(erl).parent) if erl else None


def unpacked(folder: Path) -> Software | None:
    """The server that `fetch` unpacked, adjusted to its present folder."""
    _set_erlang_root(folder / "usr/lib/erlang")
    return _software(folder / "usr", folder / "usr/lib/erlang/bin")


async def fetch(folder: Path) -> None:
    """Unpack Debian's packages of the server and its Erlang. Raises CannotStart."""
    await unpack("rabbitmq-server", folder, with_needed="erlang-")


def _software(root: Path, erlang: Path) -> Software | None:
    found = list(root.glob("lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    newest = max(found, key=_version, default=None)
    return Software(newest, erlang) if newest else None


def _version(script: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", script.parts[-3]))


def _set_erlang_root(erlang: Path) -> None:
    """Point Debian's scripts to this Erlang; they ignore ERL_ROOTDIR."""
    for script in (*erlang.glob("bin/erl"), *erlang.glob("erts-*/bin/erl")):
        text = re.sub(r"(?m)^(\s*ROOTDIR=)/.*$", rf"\g<1>{erlang}", script.read_text())
        script.write_text(text)
