"""Lets root run PostgreSQL, which refuses to run as root, without creating an account."""

import os
import pwd
import shutil
from pathlib import Path

from deploy.failures import CannotStart
from deploy.local.subprocesses import run

NOBODY = "nobody"
# In a user namespace root is mapped to nobody; its files stay root's, and it can open all folders.
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
# Without such namespaces (chroot, container): the real user nobody, with the capability to open
# closed folders. `access()`, which initdb calls, honours it only under `no_setuid_fixup`. The
# change of user drops the death signal, hence `--pdeathsig`.
TRULY = (
    *("setpriv", f"--reuid={NOBODY}", "--regid=nogroup", "--clear-groups"),
    "--securebits=+no_setuid_fixup",
    *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"),
    *("--pdeathsig=INT", "--"),
)


async def prefix_for(folder: Path) -> tuple[str, ...]:
    """The prefix of a command that must not run as root; `folder` becomes its user's."""
    if os.geteuid() != 0:
        return ()
    if await _works(NAMESPACE):
        _give(folder, 0)
        return NAMESPACE
    if await _works(TRULY):
        _give(folder, pwd.getpwnam(NOBODY).pw_uid)
        return TRULY
    raise CannotStart(
        "PostgreSQL refuses to run as root, and root may not become another user here:"
        " run as an ordinary user, or name a server in JANJI_POSTGRES_URL"
    )


async def _works(prefix: tuple[str, ...]) -> bool:
    try:
        await run(*prefix, "true")
    except CannotStart:
        return False
    return True


def _give(folder: Path, user: int) -> None:
    if folder.stat().st_uid == user:
        return
    shutil.chown(folder, user)
    for path in folder.rglob("*"):
        os.chown(path, user, -1, follow_symlinks=False)
