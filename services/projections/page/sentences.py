"""The answer to "do they keep their promise?", in words: the largest text of the page.

`verdict` is short and stands on the first screen; `answer` says the same with what is counted, and
stands above the drawing. There is no praise, and no percentage without its two counts. A percentage
is given from twenty decided cases on; with fewer, one case would change it too much.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from shared.text import Text
from shared.web.language import Language, say
from shared.web.page.formatting import day, instant, number, percent, working_days

DECIDED_MIN_FOR_PERCENTAGE = 20

Service = Literal["requests", "complaints"]
Figures = Mapping[str, Any]

CASE: Mapping[Service, Text] = {
    "requests": Text(id="permintaan", en="request"),
    "complaints": Text(id="pengaduan", en="complaint"),
}
CASES: Mapping[Service, Text] = {
    "requests": Text(id="permintaan", en="requests"),
    "complaints": Text(id="pengaduan", en="complaints"),
}
IN_TIME: Mapping[Service, Text] = {
    "requests": Text(id="dalam {days}", en="within {days}"),
    "complaints": Text(
        id="dalam batas waktu kategorinya", en="within the deadline of their category"
    ),
}
NONE_RECEIVED = Text(
    id="Tidak ada {case} yang diterima pada periode ini.",
    en="No {case} was received in this period.",
)
NONE_DECIDED = Text(
    id="Belum ada {case} yang jatuh tempo pada periode ini.",
    en="No {case} of this period has fallen due yet.",
)
TOO_FEW = Text(
    id="{on_time} dari {decided} {cases} diselesaikan tepat waktu. "
    "Jumlahnya terlalu sedikit untuk persentase.",
    en="{on_time} of {decided} {cases} were completed on time. Too few for a percentage.",
)
ALL_KEPT = Text(
    id="Semua {decided} {cases} diselesaikan tepat waktu.",
    en="All {decided} {cases} were completed on time.",
)
ALL_DONE = Text(
    id="Semua {decided} {cases} selesai {in_time}.",
    en="All {decided} {cases} were finished {in_time}.",
)
SOME_DONE = Text(
    id="{on_time} dari {decided} {cases} ({rate}) selesai {in_time}. Janji kami: {target}.",
    en="{on_time} of {decided} {cases} ({rate}) were finished {in_time}. Our promise: {target}.",
)
SOME_KEPT = Text(
    id="Dari {decided} {cases} yang sudah jatuh tempo atau selesai, {on_time} diselesaikan tepat "
    "waktu, {in_time} ({rate}). Janji kami: {target}.",
    en="Of {decided} {cases} finished or due, {on_time} were completed on time, {in_time} "
    "({rate}). Our promise: {target}.",
)
HOW_LONG = Text(
    id="Separuh kasus selesai dalam waktu {median}, sembilan dari sepuluh kasus {p90}. Dari sisi "
    "{whose}, termasuk masa menunggu: {median_elapsed} dan {p90_elapsed}.",
    en="Half of the cases took {median}, nine of ten {p90}. As {whose} see it, waiting "
    "included: {median_elapsed} and {p90_elapsed}.",
)
WHOSE: Mapping[Service, Text] = {
    "requests": Text(id="pemohon", en="applicants"),
    "complaints": Text(id="pelapor", en="complainants"),
}
NOT_A_DAY = Text(id="kurang dari 1 hari kerja", en="less than 1 working day")
AT_MOST = Text(id="paling lama {days}", en="at most {days}")
ONE_HELD = Text(
    id="1 kasus ditahan untuk diperiksa dan belum dihitung sejak {since}.",
    en="1 case is held for checking and not counted since {since}.",
)
SOME_HELD = Text(
    id="{held} kasus ditahan untuk diperiksa dan belum dihitung sejak {since}.",
    en="{held} cases are held for checking and not counted since {since}.",
)
EVERY_CASE = Text(id="semuanya", en="all of them")
KEPT = Text(id="Janji terpenuhi.", en="Promise kept.")
MET = Text(id="Terpenuhi.", en="Met.")
NOT_MET = Text(id="Belum terpenuhi.", en="Not met.")
NO_VERDICT = Text(
    id="Sebagian hari libur pada periode ini belum ditetapkan; kami belum menyatakan janji "
    "terpenuhi atau tidak.",
    en="Some holidays of this period are not decreed yet; we don't say yet whether the promise was "
    "kept.",
)
IMPORTED = Text(
    id="Angka periode ini berasal dari data lama yang dimasukkan pada {day}.",
    en="The figures of this period come from older records, entered on {day}.",
)


def verdict(service: Service, figures: Figures, language: Language) -> tuple[str, str]:
    """Whether the target is met ("" if that is open), and the short sentence."""
    return _said(service, figures, language, every=ALL_DONE, some=SOME_DONE)


def answer(service: Service, figures: Figures, language: Language) -> tuple[str, str]:
    """The sentence that says what is counted, and whether the target is met."""
    met, sentence = _said(service, figures, language, every=ALL_KEPT, some=SOME_KEPT)
    return sentence, met


def _said(
    service: Service, figures: Figures, language: Language, *, every: Text, some: Text
) -> tuple[str, str]:
    """`figures` is the block of that service in the public statistics."""
    decided = figures["on_time"] + figures["late"] + figures["overdue"]
    said = {
        "case": say(CASE[service], language),
        "cases": say(CASES[service], language),
        "decided": number(decided, language),
        "on_time": number(figures["on_time"], language),
        "in_time": _in_time(service, figures["days_allowed"], language),
        "target": _target(figures["target_rate"], language),
    }
    if figures["received"] == 0:
        return "", say(NONE_RECEIVED, language).format(**said)
    if decided == 0:
        return "", say(NONE_DECIDED, language).format(**said)
    if decided < DECIDED_MIN_FOR_PERCENTAGE:
        return "", say(TOO_FEW, language).format(**said)
    met = _met(figures, decided, language)
    if figures["on_time"] == decided:
        return met, say(every, language).format(**said)
    rate = percent(figures["on_time"], decided, language)
    return met, say(some, language).format(**said, rate=rate)


def _met(figures: Figures, decided: int, language: Language) -> str:
    """Empty while provisional due dates leave the verdict open."""
    if figures["target_met"] is None:
        return ""
    if figures["on_time"] == decided:
        return say(KEPT, language)
    return say(MET if figures["target_met"] else NOT_MET, language)


def notes(figures: Figures, language: Language) -> list[str]:
    """Notes beside the verdict: why there is none, and the origin of the figures."""
    said = []
    if figures["on_time_rate"] is not None and figures["target_met"] is None:
        said.append(say(NO_VERDICT, language))
    if 2 * figures.get("imported", 0) > figures["received"] and figures.get("imported_on"):
        imported_on = date.fromisoformat(figures["imported_on"])
        said.append(say(IMPORTED, language).format(day=day(imported_on, language)))
    return said


def how_long(service: Service, figures: Figures, language: Language) -> str:
    """Median and 90th percentile, as the office counts and as the applicant does; "" if unknown."""
    used, elapsed = figures["days_used"], figures["days_elapsed"]
    if used is None or used["median"] is None:
        return ""
    return say(HOW_LONG, language).format(
        whose=say(WHOSE[service], language),
        median=_at_most(used["median"], language),
        p90=_at_most(used["p90"], language),
        median_elapsed=_at_most(elapsed["median"], language),
        p90_elapsed=_at_most(elapsed["p90"], language),
    )


def held_for_checking(held: int, since: datetime, language: Language) -> str:
    """The number of cases that the figures lack, and since when."""
    sentence = say(ONE_HELD if held == 1 else SOME_HELD, language)
    return sentence.format(held=number(held, language), since=instant(since, language))


def _at_most(days: int, language: Language) -> str:
    if days == 0:
        return say(NOT_A_DAY, language)
    return say(AT_MOST, language).format(days=working_days(days, language))


def _in_time(service: Service, days: int | None, language: Language) -> str:
    """Complaints have no common deadline."""
    promised = "" if days is None else working_days(days, language)
    return say(IN_TIME[service], language).format(days=promised)


def _target(rate: float, language: Language) -> str:
    return say(EVERY_CASE, language) if rate == 1 else percent(round(rate * 1000), 1000, language)
