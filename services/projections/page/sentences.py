"""The answer to "do they keep their promise?", in words: the largest text of the page.

No praise and no percentage without its two counts. A percentage is said from twenty decided cases
on; below that two counts say more than a rate that one case can swing.
"""

from collections.abc import Mapping
from typing import Any, Literal

from shared.promise.standard import Text
from shared.web.language import Language, say
from shared.web.page.figures import number, percent

DECIDED_MIN_FOR_PERCENTAGE = 20

Service = Literal["requests", "complaints"]
Figures = Mapping[str, Any]

CASES: Mapping[Service, Text] = {
    "requests": Text(id="permintaan", en="requests"),
    "complaints": Text(id="pengaduan", en="complaints"),
}
IN_TIME: Mapping[Service, Text] = {
    "requests": Text(id="dalam {days} hari kerja", en="within {days} working {unit}"),
    "complaints": Text(
        id="dalam batas waktu kategorinya", en="within the deadline of their category"
    ),
}
NONE_RECEIVED = Text(
    id="Tidak ada {cases} yang diterima pada periode ini.",
    en="No {cases} were received in this period.",
)
NONE_DECIDED = Text(
    id="Belum ada {cases} yang jatuh tempo pada periode ini.",
    en="No {cases} of this period have fallen due yet.",
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
    if figures["on_time"] == decided:
        return say(ALL_KEPT, language).format(**said), say(KEPT, language)
    sentence = say(SOME_KEPT, language).format(
        **said,
        in_time=_in_time(service, figures["days_allowed"], language),
        rate=percent(figures["on_time"], decided, language),
        target=_target(figures["target_rate"], language),
    )
    return sentence, say(MET if figures["target_met"] else NOT_MET, language)


def _in_time(service: Service, days: int | None, language: Language) -> str:
    unit = "day" if days == 1 else "days"
    return say(IN_TIME[service], language).format(days=days, unit=unit)


def _target(rate: float, language: Language) -> str:
    return say(EVERY_CASE, language) if rate == 1 else percent(round(rate * 1000), 1000, language)
