"""Where everything is, written down by `up` for whoever asks later."""

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
    broker: str | None  # none where everybody follows the feeds
    management: str | None  # the private broker's page
    services: Mapping[str, str]

    def save(self, home: Home) -> None:
        """Whole or not at all, readable by the owner only."""
        path = home.folder / "addresses.json"
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self), indent=2))
        unfinished.rename(path)

    @classmethod
    def load(cls, home: Home) -> Self | None:
        """What the last `up` wrote down."""
        path = home.folder / "addresses.json"
        if not path.exists():
            return None
        known = json.loads(path.read_text())
        databases = {name: Database(**urls) for name, urls in known.pop("databases").items()}
        return cls(databases=databases, **known)
