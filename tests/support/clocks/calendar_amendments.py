"""Amended years: the shipped calendar file with another version of the year in it."""

from datetime import date

from shared.promise.calendar_year import Year, year_in
from shared.promise.standard import DATA

DECREE = "Keppres Nomor 1/2026"


def amended(
    year: int = 2026,
    *,
    off: tuple[str, ...] = (),
    worked: tuple[str, ...] = (),
    decided_on: str = "2026-11-20",
    provisional: bool = False,
) -> str:
    """The year's next version: these days become off, and those are worked again."""
    text = (DATA / f"calendar/{year}.toml").read_text(encoding="utf-8")
    number = text.count("[[versions]]") + 1
    for day in worked:
        assert f"date = {day}\n" in text, f"{day} is no day off"
        text = text.replace(f"date = {day}\n", f"date = {day}\nuntil = {number}\n")
    head, between, days_off = text.partition("[[days_off]]")
    return head + _version(number, decided_on, provisional) + between + days_off + _off(off, number)


def begun(year: int) -> str:
    """A year of which nothing is shipped, in its first version: New Year's Day is off."""
    head = f"year = {year}\n\n{_version(1, f'{year - 1}-09-10', False)}"
    day_off = _off((f"{year}-01-01",), 1).replace("Hari libur tambahan", "Tahun Baru")
    return head + day_off.replace("Added day off", "New Year's Day")


def year_of(text: str) -> Year:
    year = f"\n{text}".partition("\nyear = ")[2][:4]
    return year_in(f"{year}.toml", text.encode())


def _version(number: int, decided_on: str, provisional: bool) -> str:
    return f"""[[versions]]
number = {number}
decree = "{DECREE}"
decided_on = {date.fromisoformat(decided_on)}
provisional = {str(provisional).lower()}

"""


def _off(days: tuple[str, ...], number: int) -> str:
    return "".join(
        f"""
[[days_off]]
date = {day}
kind = "holiday"
name = {{ id = "Hari libur tambahan", en = "Added day off" }}
since = {number}
"""
        for day in days
    )
