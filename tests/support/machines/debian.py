"""Whole machines for the system tests: a fresh Debian with nothing but Python, git and make.

Each is a root made by debootstrap from the mirror that this machine's apt uses. What runs in it has
processes and mounts of its own, so that the kernel ends all of it with the command that was given.
Ports are shared. How the package registries are reached is taken from this machine.
"""

import os
import platform
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.supervisor import ending_with_this_process

PROJECT = Path(__file__).parents[3]
NEWCOMERS = ("python3", "git", "make", "ca-certificates")
USER = "citizen"
OUR_OWN = ("unshare", "--pid", "--fork", "--kill-child")
# What a real machine has besides a root, and then a command in that root. The shell stays, as the
# first process of all: when it ends, so do they.
IN_ROOT = 'mount -t tmpfs -o mode=1777 shm "$0/dev/shm" && chroot "$@"; exit $?'
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TO_REGISTRIES = (
    *("/etc/hosts", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"),
    *("/etc/pip.conf", "/etc/xdg/pip"),
)
OF_REGISTRIES = re.compile(r"(?i)PIP_|(http|https|no)_proxy$|SSL_CERT_FILE$|REQUESTS_CA_BUNDLE$")
OF_APT = re.compile(r"(?m)^Acquire::(?:Check-|https?:).*$")
MAKE_SECONDS_MAX = 900
UP_SECONDS_MAX = 900
STOP_SECONDS_MAX = 60
LOOK_AGAIN_SECONDS = 0.2


def can_be_made() -> bool:
    """Whether this one is a Debian, and we are root with namespaces."""
    return os.geteuid() == 0 and mirror() is not None and _succeeds(*OUR_OWN, "--mount", "true")


def mirror() -> str | None:
    """Where apt takes this very Debian from."""
    if platform.freedesktop_os_release().get("ID") != "debian":
        return None
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    asked = ("apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)")
    found = re.search(rf"(?m)^{release} main (\S+)$", _said(*asked))
    return found[1] if found else None


@contextmanager
def machine(release: str) -> Iterator["Machine"]:
    """A fresh one of that release of Debian, gone after the block."""
    with TemporaryDirectory(prefix="janji-machine-", dir="/var/tmp") as folder:
        root, taken_from = Path(folder) / "root", mirror()
        assert taken_from is not None
        debootstrap = ("debootstrap", "--variant=minbase", f"--include={','.join(NEWCOMERS)}")
        words = (*OUR_OWN, "--mount", *debootstrap, release, str(root), taken_from)
        made = subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=MAKE_SECONDS_MAX
        )
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr
        _reach_registries(root)
        subprocess.run(["chroot", root, "useradd", "--create-home", USER], check=True)
        yield Machine(root)


@dataclass(frozen=True, slots=True)
class Machine:
    """`root` and an ordinary user live on it."""

    root: Path

    def clone(self, user: str) -> None:
        """The project as it is committed, in that user's home."""
        folder = self._inside(f"{home_of(user)}/janji")
        subprocess.run(["git", "clone", "--quiet", PROJECT, folder], check=True)
        owner = f"{user}:{user}"
        subprocess.run(["chroot", self.root, "chown", "-R", owner, home_of(user)], check=True)

    def run(self, user: str, command: str, *, seconds_max: float) -> None:
        """In that user's clone; AssertionError with its last words if it fails."""
        log = self._inside(f"{home_of(user)}/command.log")
        with self._started(user, command, log) as process:
            code = process.wait(seconds_max)
        assert code == 0, f"{command} as {user}: exit code {code}\n{log.read_text()[-8000:]}"

    @contextmanager
    def made_up(self, user: str) -> Iterator[str]:
        """`make up` in that user's clone, until Ctrl-C; the address of its page."""
        log = self._inside(f"{home_of(user)}/up.log")
        with self._started(user, "make up", log) as process:
            yield _page(process, log)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(STOP_SECONDS_MAX)
        assert log.read_text().endswith("All has ended.\n"), log.read_text()

    @contextmanager
    def _started(self, user: str, command: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """All of it is ended with the block."""
        root, in_clone = str(self.root), f"cd {home_of(user)}/janji && {command}"
        words = (
            *(*OUR_OWN, f"--mount-proc={root}/proc", "sh", "-c", IN_ROOT, root),
            *(f"--userspec={user}:{user}", root, "env", "-i", *environment(user)),
            *("sh", "-c", in_clone),
        )
        with log.open("wb") as output:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=ending_with_this_process(signal.SIGKILL),
            )
        try:
            yield process
        finally:
            process.kill()  # and with it, by `--kill-child`, all that it started
            process.wait()

    def _inside(self, path: str) -> Path:
        return self.root / path.removeprefix("/")


def home_of(user: str) -> str:
    return "/root" if user == "root" else f"/home/{user}"


def environment(user: str) -> list[str]:
    """A login's, and how this machine reaches the registries."""
    ours = {name: value for name, value in os.environ.items() if OF_REGISTRIES.match(name)}
    login = {"HOME": home_of(user), "USER": user, "PATH": PATH, "TERM": "dumb"}
    return [f"{name}={value}" for name, value in (ours | login).items()]


def _reach_registries(root: Path) -> None:
    for path in map(Path, TO_REGISTRIES):
        inside = root / path.relative_to("/")
        if path.is_dir():
            shutil.copytree(path, inside, dirs_exist_ok=True)
        elif path.exists():
            shutil.copyfile(path, inside)
    settings = OF_APT.findall(_said("apt-config", "dump"))
    (root / "etc/apt/apt.conf.d/99machine").write_text("\n".join([*settings, ""]))


def _page(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Read off the table that `make up` ends with."""
    deadline = time.monotonic() + UP_SECONDS_MAX
    while not (found := re.search(r"Public page +(\S+)(?s:.*)Ctrl-C", log.read_text())):
        is_over = process.poll() is not None or time.monotonic() > deadline
        assert not is_over, f"make up: exit code {process.poll()}\n{log.read_text()[-8000:]}"
        time.sleep(LOOK_AGAIN_SECONDS)
    return found[1]


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
