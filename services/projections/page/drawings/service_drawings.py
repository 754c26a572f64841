"""The drawings of a service, each with its caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.projections.page.drawings import captions
from services.projections.page.drawings.bar import BarPart, of_cases, of_deadline
from services.projections.page.drawings.breakdown import (
    categories_of,
    channels_of,
    released_day,
    table,
)
from services.projections.page.drawings.histogram import histogram
from services.projections.page.drawings.months import months
from services.projections.page.figures_snapshot import FiguresSnapshot
from services.projections.page.sentences import Service
from shared.promise.standard import Standard
from shared.web.language import Language


class Bar(NamedTuple):
    caption: str
    parts: Sequence[BarPart]


def drawings_of(service: Service, of: FiguresSnapshot, language: Language) -> dict[str, Any]:
    """The drawings by name; None if there is nothing to draw."""
    block = of.services[service]
    by_kind, clocks = block.get("by_kind", {}), block["further_clocks"] or {}
    days = (block["days_used"] or {}).get("histogram", {})
    return {
        "bar": Bar(captions.of_cases(service, block, language), of_cases(block)),
        "kinds": {
            code: Bar(captions.of_cases(service, row, language), of_cases(row))
            for code, row in by_kind.items()
        },
        "clocks": {
            code: Bar(captions.of_deadline(row, language), of_deadline(row))
            for code, row in clocks.items()
        },
        "days": histogram(days, promises(service, of.standard)),
        "months": months(block["by_month"], of.today),
        **_details(block, of.standard, language),
    }


def _details(block: Mapping[str, Any], standard: Standard, language: Language) -> dict[str, Any]:
    """Of complaints: their categories and their channels."""
    released_on = released_day(block.get("released_at"))
    members = {"by_category": categories_of(standard, language)}
    members["by_channel"] = channels_of(standard, language)
    return {
        name: table(block.get(name), called, released_on, language)
        for name, called in members.items()
    }


def promises(service: str, standard: Standard) -> Sequence[int]:
    """The promised working days: one number, or one for each category."""
    if service == "requests":
        return [standard.days_allowed]
    return sorted(set(standard.complaint_days.values()))
