"""The chooser of periods: years, the quarters of the chosen year, the months of its quarter."""

from collections.abc import Sequence

from services.projections.page.words import WORDS
from services.projections.read_models.periods import Period
from shared.web.language import Language, say
from shared.web.page import formatting

ROMAN = ("I", "II", "III", "IV")


def choices(
    others: Sequence[Period], chosen: Period, language: Language
) -> dict[str, list[tuple[str, str]]]:
    """Id and name of years, of the quarters of the chosen year, of the months of its quarter."""
    offered: dict[str, list[tuple[str, str]]] = {"years": [], "quarters": [], "months": []}
    for each in others:
        if is_offered(each, chosen):
            offered[f"{each.kind}s"].append((each.id, name_of(each, language)))
    return offered


def is_offered(each: Period, chosen: Period) -> bool:
    """Years; the quarters of the chosen year; the months of the chosen quarter."""
    if each.kind == "year":
        return True
    if each.year != chosen.year:
        return False
    return each.kind == "quarter" or (chosen.kind != "year" and each.quarter == chosen.quarter)


def name_of(period: Period, language: Language) -> str:
    """`2026`, `Triwulan IV Tahun 2026`, `November 2026`."""
    if period.kind == "month":
        return formatting.month(period.first_day, language)
    if period.kind == "quarter":
        number = ROMAN[period.quarter - 1] if language == "id" else period.quarter
        return say(WORDS["quarter"], language).format(quarter=number, year=period.year)
    return f"{period.year}"


def in_a_sentence(period: Period, language: Language) -> str:
    """The same after "pada": `tahun 2026`."""
    if period.kind == "year":
        return say(WORDS["year"], language).format(year=period.year)
    return name_of(period, language)
