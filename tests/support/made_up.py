"""A page of figures that nobody counted: for what the read models can't be brought to by events."""

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.projections.page.bar import STATES
from services.projections.page.figures_page import Snapshot, shown
from services.projections.page.routes import PATHS, STYLE, TEMPLATES
from services.projections.page.words import WORDS
from services.projections.read_models.periods import read_period
from shared.web.language import Language
from shared.web.page.shell import Page, Shell
from tests.support.surface import standard

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


def page_of(found: Mapping[str, Any], language: Language = "id", *, day: date | None = None) -> str:
    """The HTML of the first page with these figures."""
    period = read_period(found["period"]["id"])
    snapshot = Snapshot(period, standard(), found, [period], None, [], day)
    shell = Shell(standard(), folders=[TEMPLATES], styles=[STYLE], words=WORDS)
    page = Page(language, "Janji", other=PATHS["en" if language == "id" else "id"].figures)
    values = {"here": "figures", "paths": PATHS[language], **shown(snapshot, language)}
    answer = shell.answer("figures.html", page, **values)
    return bytes(answer.body).decode()
