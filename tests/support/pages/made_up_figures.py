"""Pages with made-up figures, for states that events can't bring the read models to."""

import copy
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.projections.page.drawings.bar import STATES
from services.projections.page.figures_page import template_values
from services.projections.page.figures_snapshot import FiguresSnapshot
from services.projections.page.routes import PATHS, STYLE, TEMPLATES
from services.projections.page.words import WORDS
from services.projections.read_models.history.revisions import Revision
from services.projections.read_models.periods import read_period
from shared.web.language import Language
from shared.web.page.shell import Page
from testbed.surface import office_shell, standard

Block = dict[str, Any]


def identity(**counts: int) -> Block:
    """So many cases in these states, none in the others."""
    states = {state: counts.get(state, 0) for state in STATES}
    decided = states["on_time"] + states["late"] + states["overdue"]
    rate = round(states["on_time"] / decided, 4) if decided else None
    return {"received": sum(states.values()), **states, "on_time_rate": rate}


def block(**counts: int) -> Block:
    """Of a service; nothing is known of the days that its cases took."""
    found = identity(**counts)
    nothing = {"median": None, "p90": None, "max": None}
    return {
        "standard": standard().decree,
        "days_allowed": None,
        **found,
        "target_rate": 1.0,
        "target_met": None if found["on_time_rate"] is None else found["on_time_rate"] == 1,
        **dict.fromkeys(("rejected", "waited", "reopened", "reopenings", "reclassified"), 0),
        "oldest_overdue_days": None,
        "oldest_waiting_days": None,
        "days_used": {**nothing, "histogram": {}},
        "days_elapsed": nothing,
        "further_clocks": {},
        "by_month": None,
    }


REQUESTS: Block = {**block(on_time=42), "days_allowed": 1, "by_kind": {}}
COMPLAINTS: Block = {
    **block(on_time=25),
    "days_used": None,
    "days_elapsed": None,
    "further_clocks": None,
    "by_category": None,
    "by_channel": None,
    "rating": None,
    "released_at": None,
}


def released(*members: str, on_time: int, not_on_time: int, undecided: int = 0, on: str) -> Block:
    """A row of a release."""
    decided = on_time + not_on_time
    return {
        "members": list(members),
        "received": decided + undecided,
        "on_time": on_time,
        "not_on_time": not_on_time,
        "undecided": undecided,
        "on_time_rate": round(on_time / decided, 4) if decided else None,
        "released_on": on,
    }


COUNTS = {"on_time": 1_069, "late": 47, "overdue": 7, "running": 4, "waiting": 9}


def fullest() -> dict[str, Any]:
    """A year of which there is all to say that can be said of one."""
    kinds = {kind: identity(**COUNTS, withdrawn=13) for kind in standard().kinds}
    requests = {**REQUESTS, **block(**COUNTS, withdrawn=25), **_said_of_both(), "by_kind": kinds}
    complaints = {**COMPLAINTS, **block(**COUNTS, forwarded=7), **_said_of_both(), **_details()}
    found = statistics(requests={**requests, "days_allowed": 1}, complaints=complaints)
    return {**found, "stale": True, "held": 12}


def _said_of_both() -> Block:
    months = {f"2026-{month:02}": identity(on_time=90, late=9) for month in range(1, 13)}
    days = {"median": 1, "p90": 12, "max": 90}
    return {
        "by_month": months,
        "days_used": {**days, "histogram": {str(day): 1 + 900 // (day + 1) for day in range(75)}},
        "days_elapsed": days,
        "oldest_overdue_days": 213,
        "oldest_waiting_days": 215,
        **{"backdated": 40, "voided": 12, "voided_overdue": 3, "provisional": 3},
        **{"has_provisional": True, "target_met": None},
        **{"imported": 2_000, "imported_on": "2026-11-30"},
    }


def _details() -> Block:
    clock = {"days": 14, "unit": "calendar_days", "to_be_confirmed": True}
    clock |= {"started": 349, "kept": 323, "missed": 19, "running": 7}
    categories = {each: _told(each) for each in standard().categories}
    return {
        "released_at": "2026-09-30T17:00:00Z",
        "by_category": {**categories, "other": _told("unclassified", "other", on="2026-07-01")},
        "by_channel": {each: _told(each) for each in standard().channels},
        "further_clocks": {
            code: {**clock, "name": {"id": each.name.id, "en": each.name.en}}
            for code, each in standard().clocks.items()
        },
        "rating": {"mean": 4.2, "count": 136},
    }


def _told(*members: str, on: str = "2026-10-01") -> Block:
    return released(*members, on_time=60, not_on_time=4, undecided=3, on=on)


def statistics(
    period: str = "2026", *, requests: Block = REQUESTS, complaints: Block = COMPLAINTS
) -> dict[str, Any]:
    chosen = read_period(period)
    first, last = chosen.first_day.isoformat(), chosen.last_day.isoformat()
    return copy.deepcopy(
        {
            "period": {"id": period, "from": first, "to": last, "complete": False},
            "as_of": "2026-11-24T03:15:00Z",
            "calendar": "2025.2+2026.1+2027.1",
            "stale": False,
            "held": 0,
            "log": {},
            "services": {"requests": requests, "complaints": complaints},
        }
    )


def page_of(
    found: Mapping[str, Any],
    language: Language = "id",
    *,
    day: date | None = None,
    held_since: datetime | None = None,
    revised: Sequence[Revision] = (),
    demonstration: bool = False,
) -> str:
    """The HTML of the first page with these figures."""
    period = read_period(found["period"]["id"])
    snapshot = FiguresSnapshot(period, standard(), found, [period], held_since, revised, day)
    shell = office_shell(folders=[TEMPLATES], styles=[STYLE], words=WORDS)
    shell.mark_as_demonstration(demonstration)
    page = Page(language, "Janji", other=PATHS["en" if language == "id" else "id"].figures)
    values = {"here": "figures", "paths": PATHS[language], **template_values(snapshot, language)}
    answer = shell.answer("figures.html", page, **values)
    return bytes(answer.body).decode()
