"""The clock of a case: as JSON, or as a page with a wall calendar if the caller prefers HTML.

The same days and the same earlier due dates are in both. Next: `page/wall_calendar.py`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response

from shared.cases.case import Case
from shared.cases.web.responses import CaseHistory, DaysView, case_days, days_json, json_response
from shared.cases.web.wall_calendar import APPLICANT_AWAITED, wall_calendar
from shared.promise.reading import Reading, State
from shared.promise.working_days import Calendar
from shared.text import Text
from shared.web.language import Language, preferred, say
from shared.web.page.formatting import weekday, working_days
from shared.web.page.shell import Page

DAYS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": DaysView,
        "description": "Its clock, day by day",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}

VARY = {"Vary": "Accept, Accept-Language"}

STATE_WORDS: Mapping[State, Text] = {
    "running": Text(id="dalam proses", en="running"),
    "waiting": APPLICANT_AWAITED,
    "overdue": Text(id="lewat batas waktu", en="overdue"),
    "on_time": Text(id="selesai tepat waktu", en="finished on time"),
    "late": Text(id="selesai terlambat", en="finished late"),
    "withdrawn": Text(id="dibatalkan pemohon", en="withdrawn"),
    "forwarded": Text(id="diteruskan", en="forwarded"),
}
MOVED_BY: Mapping[str, Text] = {
    "due_date_changed": Text(id="kalender kerja diubah", en="the working calendar was amended"),
    "classified": Text(id="dikategorikan", en="classified"),
    "returned": Text(id="dikembalikan kepada pemohon", en="returned to the applicant"),
    "resubmitted": Text(id="diajukan kembali", en="resubmitted"),
    "clarification_requested": Text(id="penjelasan diminta", en="clarification requested"),
    "clarified": Text(id="penjelasan diberikan", en="clarified"),
    "resumed": Text(id="dilanjutkan oleh Dinas", en="resumed by the office"),
    "reopened": Text(id="dibuka kembali", en="reopened"),
    "resolved": Text(id="dijawab", en="resolved"),
    "withdrawn": Text(id="dibatalkan pemohon", en="withdrawn"),
}
UNKNOWN = Text(id="belum diketahui", en="not known yet")


def clock_response(
    request: Request,
    case: Case,
    history: CaseHistory,
    today: date,
    calendar: Calendar,
    *,
    awaited: Text = APPLICANT_AWAITED,
) -> Response:
    """The response to `…/clock`. `awaited`: what a waiting case waits for, in words."""
    days = days_json(case, history, today, calendar)
    if not prefers_html(request.headers.get("accept", "")):
        answer = json_response(days, version=case.version)
        answer.headers["Vary"] = VARY["Vary"]
        return answer
    language = preferred(request.headers.get("accept-language"))
    reading = case.clock.reading(today, calendar)
    days_shown = case_days(case, today, calendar)
    shown = wall_calendar(days_shown, language, due_on=reading.due_on, today=today, awaited=awaited)
    page: Response = request.app.state.shell.answer(
        "clock.html",
        Page(language, case.number),
        headers=VARY,
        number=case.number,
        reading=reading,
        **_said(reading, awaited, language),
        calendar=shown,
        earlier=[_earlier(each, language) for each in days["earlier_due_dates"]],
    )
    return page


def _said(reading: Reading, awaited: Text, language: Language) -> dict[str, str]:
    due_on = weekday(reading.due_on, language) if reading.due_on else say(UNKNOWN, language)
    state = awaited if reading.state == "waiting" else STATE_WORDS[reading.state]
    return {"state": say(state, language), "due_on": due_on, "used": _used(reading, language)}


def prefers_html(accept: str) -> bool:
    """Whether the caller prefers HTML; JSON is the default."""
    qualities = {}
    for part in accept.split(","):
        media_type, *parameters = (each.strip().lower() for each in part.split(";"))
        given = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        qualities[media_type] = float(given) if given.replace(".", "", 1).isdecimal() else 0.0
    anything = qualities.get("*/*", 0.0)
    return qualities.get("text/html", 0.0) > qualities.get("application/json", anything)


def _used(reading: Reading, language: Language) -> str:
    """`1 dari 5 hari kerja`."""
    between = "of" if language == "en" else "dari"
    return f"{reading.days_used} {between} {working_days(reading.days_allowed, language)}"


def _earlier(found: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """One earlier due date, in words: what it was, what it became, and by what."""
    moved_by = MOVED_BY.get(found["moved_by"])
    event = say(moved_by, language) if moved_by else found["moved_by"].replace("_", " ")
    moved_to = found["moved_to"]
    return {
        "due_on": weekday(date.fromisoformat(found["due_on"]), language),
        "moved_to": weekday(date.fromisoformat(moved_to), language) if moved_to else None,
        "moved_by": "; ".join([event, *found["decrees"]]),
        "occurred_at": found["occurred_at"],
    }
