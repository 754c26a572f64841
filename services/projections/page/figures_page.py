"""What the figures' page is made of: one snapshot read, and all that is shown, made of it alone.

The same snapshot gives the same page: nothing here looks at a clock or asks a database again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal

from services.projections.page.bar import STATES, of_cases, of_deadline
from services.projections.page.chooser import choices, name_of
from services.projections.page.histogram import histogram
from services.projections.page.months import months
from services.projections.page.sentences import answer, held_for_checking, how_long
from services.projections.positions import positions
from services.projections.read_models.periods import Period
from services.projections.read_models.revisions import Revision, revisions
from services.projections.read_models.statistics import Office, statistics
from shared.promise.working_days import local_date
from shared.web.page import figures
from shared.web.page.figures import LOCALES

if TYPE_CHECKING:
    from services.projections.generations import Connection
    from shared.promise.standard import Standard
    from shared.web.language import Language


REVISIONS_MAX = 20  # on the page, the newest; all of them are in the JSON


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of a period as the JSON has them, and what else the page says of that moment."""

    period: Period
    standard: Standard
    statistics: Mapping[str, Any]
    periods: Sequence[Period]
    held_since: datetime | None
    revisions: Sequence[Revision]

    @property
    def as_of(self) -> datetime:
        return datetime.fromisoformat(self.statistics["as_of"])

    @property
    def today(self) -> date:
        """The day of which the figures speak."""
        return local_date(self.as_of)


async def snapshot(
    connection: Connection,
    period: Period,
    office: Office,
    known: Sequence[Period],
    *,
    now: datetime,
) -> Snapshot:
    """The connection is `generations.live`'s: all is read in one transaction."""
    return Snapshot(
        period,
        office.standard(period, local_date(now)),
        await statistics(connection, period, office, now=now),
        known,
        await held_for_checking_since(connection),
        await revisions(connection, period),
    )


async def held_for_checking_since(connection: Connection) -> datetime | None:
    """When the first of the cases that the figures lack was held."""
    since = [each.held_since for each in await positions(connection) if each.held_since]
    return min(since, default=None)


def shown(of: Snapshot, language: Language) -> dict[str, Any]:
    """What the template is given."""
    found, held_since = of.statistics, of.held_since
    services = found["services"]
    return {
        "standard": of.standard,
        "as_of": figures.instant(of.as_of, language),
        "held": held_since and held_for_checking(found["held"], held_since, language),
        "period_name": name_of(of.period, language),
        "chosen": of.period.id,
        "choices": choices(of.periods, of.period, language),
        "statistics": found,
        "services": services,
        "answers": {name: answer(name, block, language) for name, block in services.items()},
        "drawn": {name: drawn(name, block, of) for name, block in services.items()},
        "how_long": {name: how_long(block, language) for name, block in services.items()},
        "states": STATES,
        "revised": len(counts_of(of.revisions)),
        "revised_max": REVISIONS_MAX,
        "revisions": by_day_and_reason(counts_of(of.revisions)),
        "rating_mean": _decimal(services["complaints"]["rating"]["mean"], language),
    }


def counts_of(revised: Sequence[Revision]) -> Sequence[Revision]:
    """Those of counts: a rate is never shown without its two counts, and they are here."""
    return [each for each in revised if each.figure != "on_time_rate"]


def by_day_and_reason(revised: Sequence[Revision]) -> list[tuple[date, str, list[Revision]]]:
    """As many of the newest as the page shows, in their order."""
    grouped = groupby(revised[:REVISIONS_MAX], key=lambda each: (each.revised_on, each.why))
    return [(on, why, list(rows)) for (on, why), rows in grouped]


def drawn(service: str, block: Mapping[str, Any], of: Snapshot) -> dict[str, Any]:
    """The drawings of a service, by name."""
    return {
        "bar": of_cases(block),
        "kinds": {code: of_cases(row) for code, row in block.get("by_kind", {}).items()},
        "clocks": {code: of_deadline(row) for code, row in block["further_clocks"].items()},
        "days": histogram(block["days_used"]["histogram"], promises(service, of.standard)),
        "months": months(block["by_month"], of.today),
    }


def promises(service: str, standard: Standard) -> Sequence[int]:
    """How many working days are promised: one number, or each category's."""
    if service == "requests":
        return [standard.days_allowed]
    return sorted(set(standard.complaint_days.values()))


def _decimal(value: float | None, language: Language) -> str:
    return "" if value is None else format_decimal(value, "0.0", locale=LOCALES[language])
