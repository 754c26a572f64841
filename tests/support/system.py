"""What the system tests need beside Python: `python -m tests.support.system` installs it as root.

A test says `@pytest.mark.needs("chromium")`. Where a program is missing and can't be installed,
its tests are left out of the run, and one line says which program and how to get it.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = {"chromium": "chromium", "java": "default-jre-headless"}  # program: its package


def missing() -> list[str]:
    """The programs that are not there."""
    return [program for program in PACKAGES if shutil.which(program) is None]


def main() -> None:
    """Install what is missing, or say what can't be had."""
    packages = [PACKAGES[program] for program in missing()]
    if not packages:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(packages)} for the system tests …", flush=True)
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *packages)
    if still := missing():
        wanted = " ".join(PACKAGES[program] for program in still)
        print(f"Without {', '.join(still)} some tests don't run: apt-get install {wanted}, as root")


def _apt(*words: str) -> None:
    """Its last line if it fails; whether that matters is seen by what is missing then."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", "--quiet", *words],
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
