"""The sheets of a workbook and their content.

Columns and rows are named in Indonesian and in English. Data that a period doesn't have (months of
a month, details of complaints that are not released) have no sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from services.projections.page.drawings.bar import STATES
from services.projections.page.drawings.breakdown import (
    OTHER,
    UNCLASSIFIED,
    complete_rows,
    join_names,
    released_day,
)
from services.projections.page.drawings.captions import NEVER, undecided_of, word_of
from services.projections.page.figures_page import AGES, HAPPENED, RECORDED
from services.projections.page.words import WORDS
from services.projections.read_models.periods import read_period
from services.projections.web.responses import LICENCE_URL
from shared.promise.standard import Standard
from shared.text import Text

Block: TypeAlias = Mapping[str, Any]
Names: TypeAlias = Mapping[str, Text]


class Share(float):
    """A part of a whole, shown as a percentage."""


class Sheet(NamedTuple):
    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


WORKBOOK = {
    "about": Text(id="Keterangan", en="About"),
    "value": Text(id="Nilai", en="Value"),
    "code": Text(id="Kode", en="Code"),
    "period": Text(id="Periode", en="Period"),
    "from": Text(id="Dari", en="From"),
    "to": Text(id="Sampai", en="To"),
    "complete": Text(id="Sudah berakhir", en="Complete"),
    "as_of": Text(id="Data per (WIB)", en="As of (UTC+7)"),
    "calendar": Text(id="Kalender kerja", en="Working calendar"),
    "standard": Text(id="Standar pelayanan", en="Service standard"),
    "stale": Text(id="Data belum diperbarui", en="Stale"),
    "held": Text(id="Kasus ditahan untuk diperiksa", en="Cases held for checking"),
    "released_at": Text(id="Rincian pengaduan dirilis pada", en="Complaint details released on"),
    "licence": Text(id="Lisensi", en="Licence"),
    "rate": Text(id="Tingkat ketepatan waktu", en="On-time rate"),
    "target_rate": Text(id="Target", en="Target"),
    "target_met": Text(id="Target terpenuhi", en="Target met"),
    "measure": Text(id="Ukuran", en="Measure"),
    "median": Text(id="Median", en="Median"),
    "p90": Text(id="Persentil ke-90", en="90th percentile"),
    "max": Text(id="Terbesar", en="Largest"),
    "used": Text(id="Hari kerja yang digunakan", en="Working days used"),
    "elapsed": Text(id="Hari kerja yang berlalu", en="Working days elapsed"),
    "days_allowed": Text(id="Batas waktu (hari)", en="Deadline (days)"),
    "unit": Text(id="Satuan hari", en="Unit of days"),
    "working_days": Text(id="hari kerja", en="working days"),
    "calendar_days": Text(id="hari kalender", en="calendar days"),
    "started": Text(id="Dimulai", en="Started"),
    "released_on": Text(id="Dirilis pada", en="Released on"),
    "mean": Text(id="Rata-rata (dari 5)", en="Mean (of 5)"),
    "count": Text(id="Jumlah", en="Count"),
}


def sheets_of(statistics: Mapping[str, Any], standard: Standard) -> list[Sheet]:
    services: Mapping[str, Block] = statistics["services"]
    kinds = {code: each.name for code, each in standard.kinds.items()}
    categories = {code: each.name for code, each in standard.categories.items()}
    channels = {code: each.name for code, each in standard.channels.items()}
    found = [_about(statistics)]
    for service, block in services.items():
        found += _of_both(service, block)
    requests, complaints = services["requests"], services["complaints"]
    found.append(_identities("requests", "kind", requests["by_kind"], kinds))
    found.append(_released("categories", complaints["by_category"], categories))
    found.append(_released("channels", complaints["by_channel"], channels))
    found.append(_rating(complaints.get("rating")))
    return [each for each in found if each.rows]


def _about(statistics: Mapping[str, Any]) -> Sheet:
    period, complaints = statistics["period"], statistics["services"]["complaints"]
    rows = {
        "period": period["id"],
        "from": dt.date.fromisoformat(period["from"]),
        "to": dt.date.fromisoformat(period["to"]),
        "complete": period["complete"],
        "as_of": dt.datetime.fromisoformat(statistics["as_of"]),
        "calendar": statistics["calendar"],
        "standard": complaints["standard"],
        "stale": statistics["stale"],
        "held": statistics["held"],
        "released_at": released_day(complaints.get("released_at")),
        "licence": LICENCE_URL,
    }
    head = [WORKBOOK["about"].id, WORKBOOK["about"].en, heading(WORKBOOK["value"])]
    return Sheet(WORKBOOK["about"].id, head, _named(WORKBOOK, rows.items()))


def _of_both(service: str, block: Block) -> Iterator[Sheet]:
    """What is said of requests and of complaints alike."""
    yield _states(service, block)
    yield _months(service, block["by_month"])
    yield _histogram(service, block["days_used"])
    yield _spread(service, block["days_used"], block["days_elapsed"])
    yield _clocks(service, block["further_clocks"])
    yield _hidden(service, block)


def _states(service: str, block: Block) -> Sheet:
    names = {state: word_of(state, service) for state in _possible(service, STATES)}
    names |= {"received": WORDS["received"], "target_met": WORKBOOK["target_met"]}
    shares = {"on_time_rate": WORKBOOK["rate"], "target_rate": WORKBOOK["target_rate"]}
    rows = _named(names, ((name, block[name]) for name in names))
    rows += _named(shares, ((name, _share(block[name])) for name in shares))
    return Sheet(
        _title(service, "state"), [*_bilingual(WORDS["state"]), heading(WORDS["count"])], rows
    )


def _months(service: str, by_month: Mapping[str, Block] | None) -> Sheet:
    states = _possible(service, STATES)
    head = [WORDS["month"], *_columns(service, states)]
    rows = [
        [read_period(id_).first_day, *_identity(row, states)]
        for id_, row in (by_month or {}).items()
    ]
    return Sheet(_title(service, "month"), [heading(each) for each in head], rows)


def _identities(service: str, key: str, rows: Mapping[str, Block], names: Names) -> Sheet:
    """A row a member, with its whole identity."""
    states = _possible(service, STATES)
    columns = (heading(each) for each in _columns(service, states))
    head = [heading(WORKBOOK["code"]), *_bilingual(WORDS[key]), *columns]
    shown = [
        [code, *_bilingual(names.get(code, Text(code, code))), *_identity(row, states)]
        for code, row in rows.items()
    ]
    return Sheet(_title(service, key), head, shown)


def _columns(service: str, states: Sequence[str]) -> list[Text]:
    named = [word_of(state, service) for state in states]
    return [WORDS["received"], *named, WORKBOOK["rate"]]


def _identity(row: Block, states: Sequence[str]) -> list[Any]:
    return [*(row[name] for name in ("received", *states)), _share(row["on_time_rate"])]


def _histogram(service: str, used: Block | None) -> Sheet:
    rows = [[int(days), count] for days, count in (used or {}).get("histogram", {}).items()]
    head = [heading(WORKBOOK["used"]), heading(WORKBOOK["count"])]
    return Sheet(_title(service, "days_used"), head, rows)


def _spread(service: str, used: Block | None, elapsed: Block | None) -> Sheet:
    names = {name: WORKBOOK[name] for name in ("median", "p90", "max")}
    rows = [
        [*_bilingual(text), used[name], elapsed[name]]
        for name, text in names.items()
        if used and elapsed
    ]
    head = [
        *_bilingual(WORKBOOK["measure"]),
        heading(WORKBOOK["used"]),
        heading(WORKBOOK["elapsed"]),
    ]
    return Sheet(_title(service, "days_title"), head, rows)


def _clocks(service: str, clocks: Mapping[str, Block] | None) -> Sheet:
    counts = {"started": WORKBOOK["started"]}
    counts |= {name: WORDS[name] for name in ("kept", "missed", "running")}
    about = (WORKBOOK["days_allowed"], WORKBOOK["unit"], *counts.values())
    head = [heading(WORKBOOK["code"]), *_bilingual(WORDS["deadline"]), *map(heading, about)]
    rows = [
        [
            *(code, row["name"]["id"], row["name"]["en"], row["days"]),
            *(heading(WORKBOOK[row["unit"]]), *(row[name] for name in counts)),
        ]
        for code, row in (clocks or {}).items()
    ]
    return Sheet(_title(service, "further_clocks"), head, rows)


def _hidden(service: str, block: Block) -> Sheet:
    names = [name for name in (*HAPPENED, *AGES, *RECORDED) if name in block]
    words = {name: word_of(name, service) for name in _possible(service, names)}
    head = [*_bilingual(WORKBOOK["measure"]), heading(WORKBOOK["value"])]
    rows = _named(words, ((name, block[name]) for name in words))
    return Sheet(_title(service, "happened"), head, rows)


def _released(key: str, rows: Mapping[str, Block] | None, names: Names) -> Sheet:
    """Details of complaints: a row a member, or several together."""
    about = (WORKBOOK["rate"], WORKBOOK["released_on"])
    counts = ("received", "on_time", "not_on_time", "undecided")
    columns = [*(heading(WORDS[name]) for name in counts), *map(heading, about)]
    head = [heading(WORKBOOK["code"]), *_bilingual(WORDS[SINGULAR[key]]), *columns]
    shown = [
        [
            *(code, *_together(row.get("members") or [code], names)),
            *(row["received"], row["on_time"], row["not_on_time"], undecided_of(row)),
            *(_share(row["on_time_rate"]), released_day(row.get("released_on"))),
        ]
        for code, row in complete_rows(rows or {}).items()
    ]
    return Sheet(_title("complaints", SINGULAR[key]), head, shown)


SINGULAR = {"categories": "category", "channels": "channel"}


def _share(rate: float | None) -> Share | None:
    return None if rate is None else Share(rate)


def _together(members: Sequence[str], names: Names) -> tuple[str, str]:
    known = {**names, **{name: WORDS[name] for name in (UNCLASSIFIED, OTHER)}}
    texts = [known.get(each, Text(each, each)) for each in members]
    return join_names(text.id for text in texts), join_names(text.en for text in texts)


def _rating(rating: Block | None) -> Sheet:
    names = {name: WORKBOOK[name] for name in ("mean", "count")}
    rows = _named(names, ((name, rating[name]) for name in names)) if rating else []
    head = [*_bilingual(WORKBOOK["measure"]), heading(WORKBOOK["value"])]
    return Sheet(_title("complaints", "rating_title"), head, rows)


def _possible(service: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in NEVER[service]]


def _title(service: str, table: str) -> str:
    """Such as "Permintaan, status"."""
    text = TABLES.get(table, WORDS.get(table))
    assert text is not None, table
    return f"{WORDS[service].id}, {text.id.lower()}"


TABLES = {
    "days_used": Text(id="hari kerja", en="working days"),
    "days_title": Text(id="lama", en="how long"),
    "further_clocks": Text(id="batas lain", en="further limits"),
    "happened": Text(id="hal lain", en="what happened"),
}


def _named(names: Names, values: Iterable[tuple[str, Any]]) -> list[list[Any]]:
    return [[*_bilingual(names[name]), value] for name, value in values]


def _bilingual(text: Text) -> tuple[str, str]:
    return text.id, text.en


def heading(text: Text) -> str:
    """A heading: Indonesian first."""
    return text.id if text.id == text.en else f"{text.id} / {text.en}"
