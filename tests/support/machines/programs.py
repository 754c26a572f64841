"""The programs that the system tests need beside Python.

`python -m tests.support.machines.programs` installs them as root.
A test says `@pytest.mark.needs("chromium")`. Where a program is missing and can't be installed,
its tests are left out of the run, and one line says which program and how to get it.
"""

import os
import shutil
import subprocess
import sys

from tests.support.machines.debian import can_be_made

# Program: its package.
PACKAGES = {
    "chromium": "chromium",
    "java": "default-jre-headless",
    "debootstrap": "debootstrap",
    "faketime": "faketime",
    "nginx": "nginx-light",
    "npm": "npm",
    "pgbouncer": "pgbouncer",
}
MACHINES = "machines"
LOCKED_SECONDS_MAX = 300  # somebody else installs


def is_missing(need: str) -> bool:
    """A program, or what fresh machines are made with."""
    return not can_be_made() if need == MACHINES else shutil.which(need) is None


def main() -> None:
    """Install what is missing, or say what can't be had."""
    packages = [package for program, package in PACKAGES.items() if is_missing(program)]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(packages)} for the system tests …", flush=True)
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *packages)
    if still := [program for program in PACKAGES if is_missing(program)]:
        wanted = " ".join(PACKAGES[program] for program in still)
        print(f"Without {', '.join(still)} some tests don't run: apt-get install {wanted}, as root")
    if is_missing(MACHINES):
        print("No fresh machines are made here: that takes root, on a Debian, with namespaces")


def _apt(*words: str) -> None:
    """Its last line if it fails; whether that matters is seen by what is missing then."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", "--quiet", "-o", f"DPkg::Lock::Timeout={LOCKED_SECONDS_MAX}", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.stderr.write(f"apt-get {words[0]}: {done.stderr.strip().rpartition(chr(10))[2]}\n")


if __name__ == "__main__":
    main()
