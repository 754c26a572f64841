"""The figures as a table with one number a row, and its description for machines.

`datapackage.json` is a Frictionless Data Package (v1): what each column means, and the licence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, get_args

from services.projections.read_models.states import State
from services.projections.web.responses import LICENCE_URL
from shared.promise.standard import Standard

Row: TypeAlias = dict[str, Any]

COLUMNS: Mapping[str, tuple[str, str]] = {
    "period": ("string", "The period in which cases were received: 2026, 2026-Q4 or 2026-11."),
    "service": ("string", "`requests` or `complaints`; empty: both."),
    "breakdown": ("string", "`month`, `kind`, `category`, `channel`, `further_clock`; empty: all."),
    "member": (
        "string",
        "Which month, kind, category, channel or further clock; some are counted together: `a+b`.",
    ),
    "measure": ("string", "What is counted, as the statistics in JSON call it."),
    "days": ("integer", "Of `days_used`: how many working days."),
    "value": ("number", "How many cases, a share, a number of days; empty: none."),
    "released_on": (
        "date",
        "Of complaints in detail: the day of the release whose figure it is; empty: as of now.",
    ),
    "as_of": ("datetime", "The instant of which the figures speak."),
    "calendar": ("string", "The version of the working calendar by which days are counted."),
    "standard": ("string", "The decree of the service standard that is measured against."),
}

REVISION_COLUMNS: Mapping[str, tuple[str, str]] = {
    "period": ("string", "The period whose figure changed after its end."),
    "revised_on": ("date", "The day on which that was recorded, or became so."),
    "service": ("string", "`requests` or `complaints`."),
    "kind": ("string", "Of requests of this kind only; empty: all of a service."),
    "figure": ("string", "Which figure, as the statistics in JSON call it."),
    "old": ("number", "What it was; empty: a rate of nothing."),
    "new": ("number", "What it became; empty: a rate of nothing."),
    "why": ("string", "What happened to the cases: `finished`, `overdue`, `voided`, `import` …"),
}

CASE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("string", "Of this case in every such file; no number, and none can be told from it."),
    "kind": ("string", "What is asked for."),
    "received_on": ("date", "The working day on which it counts as received."),
    "due_on": ("date", "The last day on which the promise is kept; empty: unknown while it waits."),
    "ended_on": ("date", "The day on which it was finished, or voided; empty: it is open."),
    "state": ("string", "How it stands; `voided`: registered by mistake, and in no other count."),
    "days_used": ("integer", "Working days that the office has used, so far if it is open."),
    "days_elapsed": ("integer", "Working days since it was received, waiting included."),
    "waited": ("boolean", "Whether it was returned to the applicant at least once."),
    "rejected": ("boolean", "Whether it was refused."),
    "backdated": ("boolean", "Whether it was recorded more than a working day after its receipt."),
    "imported": ("boolean", "Whether it came by import."),
    "imported_on": ("date", "The day on which an import last touched it."),
    "provisional": ("boolean", "Whether its due date stands on days that are not decreed yet."),
    "overdue_days": ("integer", "Of an overdue one: working days after its due date."),
    "waiting_days": ("integer", "Of a waiting one: working days since it began to wait."),
    "period": ("string", "The period of the file."),
    "as_of": ("datetime", "The instant of which the rows speak."),
}

LOG_HEAD_COLUMNS: Mapping[str, tuple[str, str]] = {
    "service": ("string", "Whose log."),
    "date": ("date", "The day, in Asia/Pontianak."),
    "position": ("integer", "The position of the last event that was recorded on it."),
    "hash": ("string", "That event's hash in hex, which stands for all events up to it."),
}

BREAKDOWNS = {
    "by_month": "month",
    "by_kind": "kind",
    "by_category": "category",
    "by_channel": "channel",
    "further_clocks": "further_clock",
}
ABOUT_A_ROW = {"name", "unit", "basis", "to_be_confirmed", "members", "released_on"}
SPREADS = ("days_used", "days_elapsed", "rating")
NOT_MEASURES = {
    *("standard", "target_met", "has_provisional", "imported_on", "released_at"),
    *SPREADS,
    *BREAKDOWNS,
}


def tidy_rows(statistics: Mapping[str, Any]) -> Iterator[Row]:
    """The statistics of one period, one number a row."""
    said_of_both = {
        "period": statistics["period"]["id"],
        "as_of": statistics["as_of"],
        "calendar": statistics["calendar"],
    }
    yield {**EMPTY, **said_of_both, "measure": "held", "value": statistics["held"]}
    for service, block in statistics["services"].items():
        said_by_all = {**said_of_both, "service": service, "standard": block["standard"]}
        for row in _of_service(block):
            yield {**EMPTY, **said_by_all, **row}


EMPTY: Row = dict.fromkeys(COLUMNS)


def _of_service(block: Mapping[str, Any]) -> Iterator[Row]:
    yield from _numbers({name: block[name] for name in block if name not in NOT_MEASURES})
    for name in SPREADS:
        figures = dict(block.get(name) or {})
        for days, cases in figures.pop("histogram", {}).items():
            yield {"measure": name, "days": int(days), "value": cases, **_released(figures)}
        for row in _numbers(figures):
            yield {**row, "measure": f"{name}_{row['measure']}"}
    for name, breakdown in BREAKDOWNS.items():
        for member, figures in (block.get(name) or {}).items():
            for row in _numbers(figures):
                yield {"breakdown": breakdown, "member": member, **row}


def _numbers(figures: Mapping[str, Any]) -> Iterator[Row]:
    for measure, value in figures.items():
        if measure not in ABOUT_A_ROW:
            yield {"measure": measure, "value": value, **_released(figures)}


def _released(figures: Mapping[str, Any]) -> Row:
    return {"released_on": figures.get("released_on")}


LICENCE = {
    "name": "CC-BY-4.0",
    "path": LICENCE_URL,
    "title": "Creative Commons Attribution 4.0",
}


def _table(name: str, columns: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"v1/public/{name}.csv",  # beside /datapackage.json
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": column, "type": kind, "description": meaning, **_constraints(column)}
                for column, (kind, meaning) in columns.items()
            ],
            "missingValues": [""],
        },
    }


CONSTRAINTS: Mapping[str, Mapping[str, Any]] = {
    "period": {"required": True, "pattern": "[0-9]{4}(-Q[1-4]|-[01][0-9])?"},
    "service": {"enum": ["requests", "complaints"]},
    "breakdown": {"enum": list(BREAKDOWNS.values())},
    "measure": {"required": True},
    "figure": {"required": True},
    "days": {"minimum": 0},
    "id": {"required": True, "unique": True, "pattern": "[0-9a-f]{24}"},
    "received_on": {"required": True},
    "state": {"required": True, "enum": list(get_args(State))},
    "days_used": {"required": True, "minimum": 0},
    "days_elapsed": {"required": True, "minimum": 0},
    "waited": {"required": True},
    "rejected": {"required": True},
    "backdated": {"required": True},
    "imported": {"required": True},
    "provisional": {"required": True},
    "overdue_days": {"minimum": 0},
    "waiting_days": {"minimum": 0},
    "as_of": {"required": True},
    "revised_on": {"required": True},
    "date": {"required": True},
    "position": {"required": True, "minimum": 1},
    "hash": {"required": True, "pattern": "[0-9a-f]{64}"},
}


def _constraints(column: str) -> dict[str, Any]:
    found = CONSTRAINTS.get(column)
    return {"constraints": found} if found else {}


TABLES = [
    _table("statistics", COLUMNS),
    _table("revisions", REVISION_COLUMNS),
    _table("log-heads", LOG_HEAD_COLUMNS),
    _table("requests", CASE_COLUMNS),
]


def data_package(standard: Standard) -> dict[str, Any]:
    """Describes the tables, their publisher and their licence."""
    office = f"{standard.office.name.id}, {standard.office.government.id}"
    return {
        "profile": "tabular-data-package",
        "name": "janji-statistics",
        "title": f"{standard.title.id}: apakah janji pelayanan dipenuhi?",
        "description": f"{standard.title.en}: was the service promise kept? "
        "Add ?period=2026, 2026-Q4 or 2026-11 to the path of statistics, revisions and requests; "
        "without it, the current year. `&as_of=2026-11-24`: statistics as known at the end of that "
        "day. How it is counted: /en/method; `janji recount` counts the requests again. The same "
        "figures as JSON: /v1/public/statistics.",
        "homepage": standard.office.website,
        "keywords": ["pelayanan publik", "janji pelayanan", "public service", "service standard"],
        "licenses": [LICENCE],
        "citation": f"{office}: {standard.title.id}. Statistik janji pelayanan, {LICENCE['name']}. "
        "Sebutkan periode dan as_of; name the period and as_of.",
        "contributors": [{"title": office, "role": "publisher"}],
        "resources": TABLES,
    }
