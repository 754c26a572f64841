"""The released details of complaints: rows of categories or channels, for the page.

Members that are too small for a row of their own share one. A row shows the figures of its own
release: one that has hardly changed is still that of an earlier release.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.projections.page.drawings.bar import BarPart, bar
from services.projections.page.drawings.captions import of_released, undecided_of
from services.projections.page.words import WORDS
from shared.office_time import local_date
from shared.promise.standard import Standard
from shared.web.language import Language, say
from shared.web.page.formatting import working_days

Members = Mapping[str, tuple[str, int | None]]
"""The name of each member in a table, and its deadline in working days."""

UNCLASSIFIED, OTHER = "unclassified", "other"


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """`released_on` is its own if it is another than the table's."""

    name: str
    received: int
    on_time: int
    not_on_time: int
    caption: str
    parts: Sequence[BarPart]
    released_on: date | None


def categories_of(standard: Standard, language: Language) -> Members:
    found: dict[str, tuple[str, int | None]] = {
        code: (say(each.name, language), each.days_allowed)
        for code, each in standard.categories.items()
    }
    unclassified = say(WORDS[UNCLASSIFIED], language)
    found[UNCLASSIFIED] = unclassified, standard.shortest_complaint_days
    return {**found, OTHER: (say(WORDS[OTHER], language), None)}


def channels_of(standard: Standard, language: Language) -> Members:
    names = {code: each.name for code, each in standard.channels.items()} | {OTHER: WORDS[OTHER]}
    return {code: (say(name, language), None) for code, name in names.items()}


def table(
    rows: Mapping[str, Mapping[str, Any]] | None,
    members: Members,
    released_on: date | None,
    language: Language,
) -> Sequence[BreakdownRow] | None:
    """None if nothing is released."""
    if rows is None:
        return None
    return [
        _row(key, row, members, released_on, language) for key, row in complete_rows(rows).items()
    ]


def complete_rows(rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The rows that have all counts."""
    counts = ("received", "on_time", "not_on_time")
    return {k: row for k, row in rows.items() if all(row[each] is not None for each in counts)}


def _row(
    key: str, row: Mapping[str, Any], members: Members, released_on: date | None, language: Language
) -> BreakdownRow:
    name = join_names(_called(each, members, language) for each in row.get("members") or [key])
    caption = f"{name}: {of_released(row, language)}"
    own = released_day(row.get("released_on"))
    return BreakdownRow(
        name,
        row["received"],
        row["on_time"],
        row["not_on_time"],
        caption,
        bar(
            [
                ("on_time", row["on_time"]),
                ("late", row["not_on_time"]),
                ("running", undecided_of(row)),
            ]
        ),
        None if own == released_on else own,
    )


def join_names(names: Iterable[str]) -> str:
    """One name for several members: a common text before the colon appears once.

    "Media Sosial: Instagram, Facebook".
    """
    said, before = [], ""
    for name in names:
        group, colon, _ = name.partition(": ")
        said.append(name.removeprefix(before) if before else name)
        before = group + colon if colon else ""
    return ", ".join(said)


def _called(member: str, members: Members, language: Language) -> str:
    name, days = members.get(member, (member, None))
    return name if days is None else f"{name} ({working_days(days, language)})"


def other_release_days(block: Mapping[str, Any]) -> Mapping[str, date]:
    """The release days of days, ratings and further clocks that are of an older release."""
    clocks = {f"clock-{code}": row for code, row in (block["further_clocks"] or {}).items()}
    parts = {"days_used": block["days_used"], "rating": block.get("rating"), **clocks}
    released_on = released_day(block.get("released_at"))
    days = {name: released_day((part or {}).get("released_on")) for name, part in parts.items()}
    return {name: day for name, day in days.items() if day and day != released_on}


def released_day(text: str | None) -> date | None:
    """The day of a release, from its day or its instant."""
    if text is None:
        return None
    return local_date(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)


def is_merged(rows: Mapping[str, Mapping[str, Any]] | None) -> bool:
    """Whether some row stands for several members."""
    return any(len(row.get("members", ())) > 1 for row in (rows or {}).values())
