"""Facts of the standard and the calendar, for the pages."""

from datetime import date

from services.projections.page.words import WORDS
from shared.promise.calendar_year import DayOff
from shared.promise.standard import Channel, Standard
from shared.promise.working_days import Calendar
from shared.web.language import Language, say
from shared.web.page import formatting


def target_of(standard: Standard, language: Language) -> str:
    """`every case on time`, or the share of the cases."""
    if standard.target_rate == 1:
        return say(WORDS["every_case"], language)
    return formatting.percent(round(standard.target_rate * 1000), 1000, language)


def link_of(channel: Channel) -> str | None:
    """The link of the channel's address, if it can have one."""
    address = channel.address or ""
    digits = "".join(filter(str.isdigit, address))
    if channel.code == "whatsapp":
        return f"https://wa.me/62{digits.removeprefix('0')}"
    if channel.code == "phone":
        return f"tel:{digits}"
    if "@" in address:
        return f"mailto:{address}"
    if address.startswith("www."):
        return f"https://{address}"
    return address if address.startswith("https://") else None


def days_off_by_year(calendar: Calendar) -> dict[int, list[DayOff]]:
    """The days off of the calendar in force, by year."""
    by_year: dict[int, list[DayOff]] = {}
    for day in sorted(calendar.days_off):
        if found := calendar.day_off(day):
            by_year.setdefault(found.date.year, []).append(found)
    return by_year


def provisional_years(calendar: Calendar) -> set[int]:
    """The years whose days off are not decreed finally."""
    return {
        year for year in days_off_by_year(calendar) if calendar.is_provisional(date(year, 1, 1))
    }
