"""One worked example for each rule of the clock, drawn on a wall calendar.

They are fictitious cases of 2026, told in words here and computed by the clock itself with the
calendar in force: the drawing shows what the software does, and a reader can count along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from shared.cases.web.wall_calendar import wall_calendar
from shared.office_time import PONTIANAK
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from shared.text import Text
from shared.web.language import Language, say
from shared.web.page.formatting import weekday, working_days

REQUEST, COMPLAINT = 1, 5  # working days

Step = Callable[[SlaClock, datetime, "Calendar"], SlaClock]


def _answered(clock: SlaClock, at: datetime, calendar: Calendar) -> SlaClock:
    return clock.stop(at, calendar, "answered")


STEPS: Mapping[str, Step] = {
    "returned": SlaClock.wait,
    "resubmitted": SlaClock.answer,
    "answered": _answered,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A case: received then, allowed so many days, and what happened; drawn up to `until`.

    `story` may name `{due}`, `{used}` and `{elapsed}`: the clock fills them in.
    """

    story: Text
    received_at: str
    days_allowed: int
    happened: tuple[tuple[str, str], ...]
    until: str

    def clock(self, calendar: Calendar) -> SlaClock:
        clock = SlaClock.start(_at(self.received_at), self.days_allowed, calendar)
        for name, at in self.happened:
            clock = STEPS[name](clock, _at(at), calendar)
        return clock


@dataclass(frozen=True, slots=True)
class DrawnExample:
    story: str
    wall: Markup


def draw(example: Example, calendar: Calendar, language: Language) -> DrawnExample:
    """The story with its figures, and the days on a wall calendar."""
    clock, until = example.clock(calendar), date.fromisoformat(f"2026-{example.until}")
    reading = clock.reading(until, calendar)
    story = say(example.story, language).format(
        due=weekday(reading.due_on, language) if reading.due_on else "",
        used=working_days(reading.days_used, language),
        elapsed=working_days(reading.days_elapsed, language),
    )
    days = clock.day_by_day(until, calendar)
    return DrawnExample(story, wall_calendar(days, language, due_on=reading.due_on))


def _at(text: str) -> datetime:
    """`11-02 09:00`, in Pontianak."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


EXAMPLES = {
    "working_day": Example(
        Text(
            id="Pengaduan dengan batas waktu 5 hari kerja diterima Selasa, 17 Maret 2026, sebelum "
            "Nyepi, Idulfitri, dan cuti bersamanya. Batas waktunya {due}.",
            en="A complaint with a deadline of 5 working days is received on Tuesday, 17 March "
            "2026, before Nyepi, Eid and their collective leave. It is due on {due}.",
        ),
        "03-17 10:00",
        COMPLAINT,
        (),
        "03-31",
    ),
    "received_on": Example(
        Text(
            id="Permintaan masuk Jumat, 6 November 2026, tepat pukul 16.30, saat kantor tutup. "
            "Permintaan itu diterima pada hari Senin; batas waktunya {due}.",
            en="A request comes in on Friday, 6 November 2026, at 16:30 exactly, as the office "
            "closes. It is received on Monday and due on {due}.",
        ),
        "11-06 16:30",
        REQUEST,
        (),
        "11-10",
    ),
    "counted": Example(
        Text(
            id="Permintaan diterima Senin, 2 November 2026, dikembalikan Selasa pukul 10.00, dan "
            "diajukan kembali Kamis pukul 09.00. Pada jam tutup hari Selasa dan Rabu berkas "
            "berada pada pemohon; Kamis adalah hari kembalinya jawaban. Batas waktunya {due}.",
            en="A request is received on Monday, 2 November 2026, returned on Tuesday at 10:00 "
            "and resubmitted on Thursday at 09:00. Tuesday and Wednesday close with the papers at "
            "the applicant; on Thursday the answer comes back. It is due on {due}.",
        ),
        "11-02 09:00",
        REQUEST,
        (("returned", "11-03 10:00"), ("resubmitted", "11-05 09:00")),
        "11-06",
    ),
    "no_close": Example(
        Text(
            id="Permintaan diterima Rabu, 23 Desember 2026, dikembalikan hari itu pukul 16.30, "
            "sesudah kantor tutup, dan diajukan kembali Sabtu. Kamis (cuti bersama) dan Jumat "
            "(Natal) libur, sehingga tidak ada jam tutup di antaranya: hari Senin dihitung. Batas "
            "waktunya {due}.",
            en="A request is received on Wednesday, 23 December 2026, returned that day at 16:30, "
            "after the office has closed, and resubmitted on Saturday. Thursday (collective leave) "
            "and Friday (Christmas) are days off, so no close lies in between: Monday counts. It "
            "is due on {due}.",
        ),
        "12-23 09:00",
        REQUEST,
        (("returned", "12-23 16:30"), ("resubmitted", "12-26 10:00")),
        "12-28",
    ),
    "due_on": Example(
        Text(
            id="Pengaduan dengan batas waktu 5 hari kerja diterima Senin, 2 November 2026. Hari "
            "kerja ke-5 yang dihitung adalah {due}.",
            en="A complaint with a deadline of 5 working days is received on Monday, 2 November "
            "2026. The fifth counted day is {due}.",
        ),
        "11-02 09:00",
        COMPLAINT,
        (),
        "11-09",
    ),
    "on_time": Example(
        Text(
            id="Permintaan diterima Senin, 2 November 2026; batas waktunya {due}. Permintaan itu "
            "selesai Rabu pukul 00.00: terlambat.",
            en="A request is received on Monday, 2 November 2026, and due on {due}. It is "
            "finished on Wednesday at 00:00: late.",
        ),
        "11-02 09:00",
        REQUEST,
        (("answered", "11-04 00:00"),),
        "11-04",
    ),
    "days_used": Example(
        Text(
            id="Pengaduan diterima Senin, 2 November 2026, dan dijawab Kamis. Yang digunakan: "
            "{used}.",
            en="A complaint is received on Monday, 2 November 2026, and answered on Thursday. "
            "Used: {used}.",
        ),
        "11-02 09:00",
        COMPLAINT,
        (("answered", "11-05 14:00"),),
        "11-05",
    ),
    "late_stays_late": Example(
        Text(
            id="Permintaan diterima Senin, 2 November 2026. Selasa pukul 17.00, sesudah jam tutup "
            "hari terakhir itu, permintaan dikembalikan; Rabu diajukan kembali. Batas waktunya "
            "tetap {due}, dan permintaan ini terlambat.",
            en="A request is received on Monday, 2 November 2026. On Tuesday at 17:00, after that "
            "last day has closed, it is returned, and resubmitted on Wednesday. It stays due on "
            "{due}, and is late.",
        ),
        "11-02 09:00",
        REQUEST,
        (("returned", "11-03 17:00"), ("resubmitted", "11-04 10:00"), ("answered", "11-04 14:00")),
        "11-04",
    ),
    "days_elapsed": Example(
        Text(
            id="Permintaan diterima Senin, 2 November 2026, dikembalikan Selasa, diajukan kembali "
            "dan selesai Rabu. Bagi kantor: {used} yang digunakan; bagi pemohon: {elapsed} yang "
            "berlalu.",
            en="A request is received on Monday, 2 November 2026, returned on Tuesday, "
            "resubmitted and finished on Wednesday. The office used {used}; for the applicant "
            "{elapsed} went by.",
        ),
        "11-02 09:00",
        REQUEST,
        (("returned", "11-03 10:00"), ("resubmitted", "11-04 10:00"), ("answered", "11-04 14:00")),
        "11-04",
    ),
}
