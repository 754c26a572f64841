"""The comparison of the counted figures with the published ones."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from janji.recounting.count import Figures, Recount
from janji.recounting.table import Refused, rows_of

NO_FIGURES = frozenset({"standard", "days_allowed", "target_rate", "further_clocks"})
"""The promise itself, and further clocks, which the table doesn't contain."""

SAID_OF_LATE = frozenset({"has_provisional"})  # by newer statistics

ANSWER_SECONDS_MAX = 60
NOTHING = "-"


class Compared(NamedTuple):
    """One figure as counted and as published; `-` if it is missing."""

    name: str
    counted: Any
    published: Any

    @property
    def is_same(self) -> bool:
        """Equal in value and type: True is not 1."""
        is_truth = isinstance(self.counted, bool), isinstance(self.published, bool)
        return bool(self.counted == self.published) and is_truth[0] == is_truth[1]


def counted(path: Path) -> Recount:
    """Raises Refused and OSError."""
    count = Recount()
    try:
        for row in rows_of(path):
            count.add(row)
    except Refused as refused:
        raise Refused(f"{path}: {refused}") from None
    return count


def published(source: str) -> Figures:
    """The statistics from a file or a URL. Raises Refused and OSError."""
    if source.startswith(("http://", "https://")):
        asked = urllib.request.Request(source, headers={"Accept": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_SECONDS_MAX) as answer:  # noqa: S310
                text = answer.read()
        except OSError as error:
            raise Refused(f"{source}: {error}") from error
    else:
        text = Path(source).read_bytes()
    try:
        found = json.loads(text)
        block = dict(found["services"]["requests"])
        block["target_rate"] = float(block["target_rate"])
        return {"period": str(found["period"]["id"]), "as_of": str(found["as_of"]), "block": block}
    except (ValueError, KeyError, TypeError) as error:
        what = "give what /v1/public/statistics?period=… answers"
        raise Refused(f"{source}: these are no statistics in JSON; {what}") from error


def compared(count: Recount, theirs: Figures) -> list[Compared]:
    """Every figure of either side. Raises Refused for statistics of another period."""
    count.period = count.period or theirs["period"]
    if theirs["period"] != count.period:
        raise Refused(f"the statistics are of {theirs['period']}, the table of {count.period}")
    block = theirs["block"]
    ours = count.figures() | {"target_met": count.target_met(block["target_rate"])}
    nothing = Recount(period=count.period).identity("")  # of a kind without a request
    ours["by_kind"] = dict.fromkeys(block.get("by_kind") or {}, nothing) | ours["by_kind"]
    mine, said = dict(leaves(ours)), dict(leaves(block))
    names = [name for name in mine | said if name in said or name not in SAID_OF_LATE]
    return [Compared(name, mine.get(name, NOTHING), said.get(name, NOTHING)) for name in names]


def leaves(figures: Mapping[str, Any], of: str = "") -> Iterator[tuple[str, Any]]:
    """The figures by their full names: `by_kind.password_reset.on_time`."""
    for name, value in figures.items():
        if not of and name in NO_FIGURES:
            continue
        if isinstance(value, dict):
            yield from leaves(value, f"{of}{name}.")
        else:
            yield of + name, value
