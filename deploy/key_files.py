"""The files of the master keys: the one in use, and the earlier ones, a line each.

They lie in a folder that no other user may enter, apart from the databases and their backups.
"""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MASTER_KEY_BYTES = 32


def _new_master_key() -> str:
    return base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class MasterKeyFiles:
    """A service that is given both by file reads them again when they change."""

    in_use: Path
    retired: Path

    def prepare(self) -> None:
        """Make the first key, and an empty file of earlier ones, unless they are there."""
        kept(self.in_use, _new_master_key)
        kept(self.retired, str)

    def turn_over(self) -> None:
        """Retire the key in use, and bring a new one. After an interruption, call it again.

        The retired one is in its file before the new one is in use: nobody reads one without the
        other.
        """
        following = self.in_use.with_suffix(".next")
        kept(following, _new_master_key)
        present, earlier = self.in_use.read_text().strip(), self.retired.read_text().split()
        if present not in earlier:
            _replace(self.retired, "".join(f"{each}\n" for each in (present, *earlier)))
        _rename(following, self.in_use)

    @property
    def variables(self) -> dict[str, str]:
        """What names them to a service."""
        return {
            "JANJI_MASTER_KEY_FILE": str(self.in_use),
            "JANJI_RETIRED_MASTER_KEYS_FILE": str(self.retired),
        }


def kept(path: Path, make: Callable[[], str]) -> str:
    """The file's content, generated at the first call and written atomically."""
    if not path.exists():
        _replace(path, make())
    return path.read_text()


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    with unfinished.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _rename(unfinished, path)


def _rename(path: Path, to: Path) -> None:
    """It outlasts a power failure from here on: nothing is sealed by a key that could be gone."""
    path.rename(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
