"""The addresses of a running installation, which `up` writes for the other commands."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from deploy.databases import Database
from deploy.local.home import Home


@dataclass(frozen=True, slots=True)
class Addresses:
    """URLs; those of the servers carry their administrator's credentials."""

    postgres: str
    databases: Mapping[str, Database]
    broker: str | None  # None without a broker
    management: str | None  # of the private broker
    services: Mapping[str, str]

    def save(self, home: Home) -> None:
        """Write the file atomically, readable by the owner only."""
        path = home.folder / "addresses.json"
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self), indent=2))
        unfinished.rename(path)

    @classmethod
    def load(cls, home: Home) -> Self | None:
        """The addresses that the last `up` wrote."""
        path = home.folder / "addresses.json"
        if not path.exists():
            return None
        known = json.loads(path.read_text())
        databases = {name: Database(**urls) for name, urls in known.pop("databases").items()}
        return cls(databases=databases, **known)
