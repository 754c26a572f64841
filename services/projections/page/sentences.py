"""The answer to "do they keep their promise?", in words: the largest text of the page.

No praise and no percentage without its two counts. A percentage is said from twenty decided cases
on; below that two counts say more than a rate that one case can swing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from shared.promise.standard import Text
from shared.web.language import Language, say
from shared.web.page.figures import instant, number, percent, working_days

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
SOME_KEPT = Text(
    id="Dari {decided} {cases} yang sudah jatuh tempo atau selesai, {on_time} diselesaikan tepat "
    "waktu, {in_time} ({rate}). Janji kami: {target}.",
    en="Of {decided} {cases} finished or due, {on_time} were completed on time, {in_time} "
    "({rate}). Our promise: {target}.",
)
HOW_LONG = Text(
    id="Separuh kasus memakan waktu {median}, sembilan dari sepuluh {p90}. Dari sisi pemohon, masa "
    "menunggu ikut dihitung: {median_elapsed} dan {p90_elapsed}.",
    en="Half of the cases took {median}, nine of ten {p90}. As applicants see it, waiting "
    "included: {median_elapsed} and {p90_elapsed}.",
)
NOT_A_DAY = Text(id="kurang dari 1 hari kerja", en="less than 1 working day")
AT_MOST = Text(id="paling lama {days}", en="at most {days}")
ONE_HELD = Text(
    id="1 kasus sedang diperiksa dan belum dihitung sejak {since}.",
    en="1 case is held for checking and not counted since {since}.",
)
SOME_HELD = Text(
    id="{held} kasus sedang diperiksa dan belum dihitung sejak {since}.",
    en="{held} cases are held for checking and not counted since {since}.",
)
EVERY_CASE = Text(id="semuanya", en="all of them")
KEPT = Text(id="Janji terpenuhi.", en="Promise kept.")
MET = Text(id="Terpenuhi.", en="Met.")
NOT_MET = Text(id="Belum terpenuhi.", en="Not met.")


def answer(service: Service, figures: Figures, language: Language) -> tuple[str, str]:
    """The sentence, and the verdict on the target where one can be given ("" otherwise).

    `figures` is the block of that service in the public statistics.
    """
    decided = figures["on_time"] + figures["late"] + figures["overdue"]
    said = {
        "case": say(CASE[service], language),
        "cases": say(CASES[service], language),
        "decided": number(decided, language),
        "on_time": number(figures["on_time"], language),
    }
    if figures["received"] == 0:
        return say(NONE_RECEIVED, language).format(**said), ""
    if decided == 0:
        return say(NONE_DECIDED, language).format(**said), ""
    if decided < DECIDED_MIN_FOR_PERCENTAGE:
        return say(TOO_FEW, language).format(**said), ""
    is_met = figures["target_met"]
    if figures["on_time"] == decided:
        return say(ALL_KEPT, language).format(**said), "" if is_met is None else say(KEPT, language)
    sentence = say(SOME_KEPT, language).format(
        **said,
        in_time=_in_time(service, figures["days_allowed"], language),
        rate=percent(figures["on_time"], decided, language),
        target=_target(figures["target_rate"], language),
    )
    return sentence, "" if is_met is None else say(MET if is_met else NOT_MET, language)


def how_long(figures: Figures, language: Language) -> str:
    """Median and 90th percentile, as the office counts and as the applicant does; "" if unknown."""
    used, elapsed = figures["days_used"], figures["days_elapsed"]
    if used["median"] is None:
        return ""
    return say(HOW_LONG, language).format(
        median=_at_most(used["median"], language),
        p90=_at_most(used["p90"], language),
        median_elapsed=_at_most(elapsed["median"], language),
        p90_elapsed=_at_most(elapsed["p90"], language),
    )


def held_for_checking(held: int, since: datetime, language: Language) -> str:
    """How many cases the figures lack, and since when."""
    sentence = say(ONE_HELD if held == 1 else SOME_HELD, language)
    return sentence.format(held=number(held, language), since=instant(since, language))


def _at_most(days: int, language: Language) -> str:
    if days == 0:
        return say(NOT_A_DAY, language)
    return say(AT_MOST, language).format(days=working_days(days, language))


def _in_time(service: Service, days: int | None, language: Language) -> str:
    """Complaints have no deadline of their own as a whole."""
    promised = "" if days is None else working_days(days, language)
    return say(IN_TIME[service], language).format(days=promised)


def _target(rate: float, language: Language) -> str:
    return say(EVERY_CASE, language) if rate == 1 else percent(round(rate * 1000), 1000, language)
