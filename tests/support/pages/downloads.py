"""The files that a reader downloads: a period's requests, and its statistics."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from janji.recounting.comparison import compared, counted, published
from testbed.http import Client


@dataclass(frozen=True)
class Download:
    """What somebody has kept of a period."""

    table: Path
    statistics: Path

    def figures(self) -> Any:
        return json.loads(self.statistics.read_text())

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.table.read_text())))

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """By figure: counted, published."""
        found = compared(counted(self.table), published(str(self.statistics)))
        return {each.name: (each.counted, each.published) for each in found if not each.is_same}


async def downloaded(client: Client, folder: Path, period: str) -> Download:
    kept = Download(folder / f"{period}.csv", folder / f"{period}.json")
    for name, path in (("requests.csv", kept.table), ("statistics", kept.statistics)):
        answer = await client.get(f"/v1/public/{name}?period={period}")
        assert answer.status == 200, answer
        path.write_bytes(answer.body)
    return kept
