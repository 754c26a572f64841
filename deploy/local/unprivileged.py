"""PostgreSQL refuses to run as root: how root runs it all the same, with no account made for it."""

import os
import pwd
import shutil
from pathlib import Path

from deploy.failures import CannotStart
from deploy.local.subprocesses import run

NOBODY = "nobody"
# In a user namespace root is called nobody, but its files stay root's and no folder is closed.
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
# Where there are no such namespaces (chroot, container): truly nobody, who may enter closed
# folders. `access()` heeds that only under `no_setuid_fixup`, and initdb asks it. The death
# signal set before is lost when the user changes, hence `--pdeathsig`.
TRULY = (
    *("setpriv", f"--reuid={NOBODY}", "--regid=nogroup", "--clear-groups"),
    "--securebits=+no_setuid_fixup",
    *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"),
    *("--pdeathsig=INT", "--"),
)


async def prefix_for(folder: Path) -> tuple[str, ...]:
    """The words before a command that must not be root's; `folder` becomes its user's."""
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
