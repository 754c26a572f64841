"""The values of the figures' page, made of one snapshot.

The same snapshot gives the same page: nothing here reads a clock or a database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from babel.numbers import format_decimal

from services.projections.page.chooser import choices, in_a_sentence, name_of
from services.projections.page.drawings.bar import STATES
from services.projections.page.drawings.breakdown import is_merged, other_release_days, released_day
from services.projections.page.drawings.captions import NEVER, word_of
from services.projections.page.drawings.service_drawings import drawings_of
from services.projections.page.figures_snapshot import FiguresSnapshot
from services.projections.page.sentences import (
    answer,
    held_for_checking,
    how_long,
    notes,
    verdict,
)
from services.projections.read_models.history.revisions import Revision
from shared.web.language import Language, say
from shared.web.page import formatting
from shared.web.page.formatting import LOCALES

REVISIONS_MAX = 20  # on the page, the newest; all of them are in the JSON
# What figures can hide: what happened, ages in working days, and how cases were recorded.
HAPPENED = ("waited", "rejected", "reopened", "reopenings", "reclassified")
AGES = ("oldest_overdue_days", "oldest_waiting_days")
RECORDED = ("backdated", "voided", "voided_overdue")


def template_values(of: FiguresSnapshot, language: Language) -> dict[str, Any]:
    """The values of the template."""
    services = of.services
    said_beside = {name: notes(block, language) for name, block in services.items()}
    return {
        "standard": of.standard,
        **_address(of),
        **_standing(of, language),
        "period_name": name_of(of.period, language),
        "in_period": in_a_sentence(of.period, language),
        "choices": choices(of.periods, of.period, language),
        "services": services,
        "verdicts": {name: verdict(name, block, language) for name, block in services.items()},
        "answers": {name: answer(name, block, language) for name, block in services.items()},
        "notes": said_beside,
        "common_notes": [
            note for note in said_beside["requests"] if note in said_beside["complaints"]
        ],
        "has_provisional": any(map(_has_provisional, services.values())),
        "provisional_requests": services["requests"].get("provisional", 0),
        "drawn": {name: drawings_of(name, of, language) for name in services},
        "how_long": {name: how_long(name, block, language) for name, block in services.items()},
        "words_of": {name: _words_of(name, language) for name in services},
        "states": {name: _possible(name, STATES, block) for name, block in services.items()},
        "happened": {name: _possible(name, HAPPENED, block) for name, block in services.items()},
        "ages": AGES,
        "recorded": {name: _possible(name, RECORDED, block) for name, block in services.items()},
        **_released(services["complaints"], of, language),
        **_revised(of),
    }


def _address(of: FiguresSnapshot) -> dict[str, Any]:
    """The chosen period and day, for the page's own links."""
    kept = f"&as_of={of.day}" if of.day else ""
    return {"chosen": of.period.id, "kept": kept, "query": f"?period={of.period.id}{kept}"}


def _standing(of: FiguresSnapshot, language: Language) -> dict[str, Any]:
    """The as-of instant of the figures, and the cases that they lack."""
    held = of.statistics["held"]
    return {
        "statistics": of.statistics,
        "as_of": formatting.instant(of.as_of, language),
        "day": of.day,
        "held": held and of.held_since and held_for_checking(held, of.held_since, language),
    }


def _has_provisional(block: Mapping[str, Any]) -> bool:
    return bool(block.get("has_provisional", block.get("provisional")))


def _possible(service: str, names: Sequence[str], block: Mapping[str, Any]) -> list[str]:
    """The names that apply to the service's cases and that the statistics have."""
    return [name for name in names if name in block and (name not in NEVER[service] or block[name])]


def _words_of(service: str, language: Language) -> dict[str, str]:
    """The words that differ between the services."""
    return {name: say(word_of(name, service), language) for name in (*STATES, *AGES)}


def _released(block: Mapping[str, Any], of: FiguresSnapshot, language: Language) -> dict[str, Any]:
    """The release of the details of complaints."""
    mean = (block.get("rating") or {}).get("mean")
    return {
        "released_on": released_day(block.get("released_at")),
        "released_then": other_release_days(block),
        "is_merged": is_merged(block["by_category"]) or is_merged(block["by_channel"]),
        "no_details": _why_no_details(of) if block["by_category"] is None else "",
        "rating_mean": "" if mean is None else _decimal(mean, language),
    }


def _why_no_details(of: FiguresSnapshot) -> str:
    if of.day:
        return "not_of_the_past"
    return "months_only" if of.period.kind == "month" else "not_released"


def _revised(of: FiguresSnapshot) -> dict[str, Any]:
    counted = counts_of(of.revisions)
    return {
        "revised": len(counted),
        "revised_max": REVISIONS_MAX,
        "revisions": by_day_and_reason(counted),
    }


def counts_of(revised: Sequence[Revision]) -> Sequence[Revision]:
    """The revisions of counts: a rate is never shown without its two counts."""
    return [each for each in revised if each.figure != "on_time_rate"]


def by_day_and_reason(revised: Sequence[Revision]) -> list[tuple[date, str, list[Revision]]]:
    """The newest ones that the page shows, in their order."""
    grouped = groupby(revised[:REVISIONS_MAX], key=lambda each: (each.revised_on, each.why))
    return [(on, why, list(rows)) for (on, why), rows in grouped]


def _decimal(value: float, language: Language) -> str:
    return format_decimal(value, "0.0", locale=LOCALES[language])
