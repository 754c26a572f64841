"""What every case keeps to, shown on a case that can only be opened, paused and closed."""

from dataclasses import replace
from datetime import datetime
from typing import Self

import pytest

from shared.cases.case import EVENTS_MAX, SYSTEM, ActContext, Actor, Case, Steps
from shared.office_time import PONTIANAK
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import load_calendar
from shared.refusals import CaseFull, NotAllowed

CALENDAR = load_calendar()
MONDAY = datetime(2026, 11, 2, 9, tzinfo=PONTIANAK)
TUESDAY = datetime(2026, 11, 3, 9, tzinfo=PONTIANAK)
NUMBER = "PRM-0000-0000-0"

STEPS: Steps = {"note": {"open"}, "close": {"open"}}
REPEATABLE_STEPS: Steps = {"note": {"open"}}


class Errand(Case):
    """The smallest case there is."""

    TOPIC = "errands.errand"
    STEPS = STEPS
    REPEATABLE_STEPS = REPEATABLE_STEPS

    class Event(Case.Event):
        """What happened to an errand."""

    class Created(Event, Case.Created):
        TOPIC = "errands.opened"

    class Noted(Event):
        TOPIC = "errands.noted"
        PERSONAL = ("text",)
        text: str | None

    class Closed(Event):
        TOPIC = "errands.closed"

    class Voided(Event, Case.Voided):
        TOPIC = "errands.voided"

    class DueDateChanged(Event, Case.DueDateChanged):
        TOPIC = "errands.due_date_changed"

    class PersonalDataErased(Event, Case.PersonalDataErased):
        TOPIC = "errands.personal_data_erased"

    @classmethod
    def open(cls, act: ActContext) -> Self:
        return cls._receive(NUMBER, "open", SlaClock.start(act.at, 1, act.calendar), act)

    def note(self, text: str, act: ActContext) -> None:
        self._allow("note")
        self._record(self.Noted, "open", act, text=text)

    def close(self, act: ActContext) -> None:
        self._allow("close")
        self._record(self.Closed, "closed", act, self._stop_clock("answered"))


def act(at: datetime = MONDAY) -> ActContext:
    return ActContext(by=Actor("sub-1", "intake"), at=at, calendar=CALENDAR)


def opened() -> Errand:
    errand = Errand.open(act())
    errand.collect_events()
    return errand


def closed() -> Errand:
    errand = opened()
    errand.close(act())
    errand.collect_events()
    return errand


def test_every_event_says_where_the_case_stands_who_did_it_and_what_the_clock_says() -> None:
    errand = opened()

    errand.note("Ditelepon", act(TUESDAY))

    (event,) = errand.pending_events
    assert isinstance(event, Errand.Noted)
    assert (event.number, event.status) == (NUMBER, "open")
    assert (event.by, event.role) == ("sub-1", "intake")
    assert event.timestamp == TUESDAY
    assert event.clock == errand.clock.reading(TUESDAY.date(), CALENDAR).to_dict()
    assert SlaClock.from_dict(event.basis) == errand.clock


def test_the_common_base_has_no_topic_that_a_service_could_inherit_unseen() -> None:
    assert not hasattr(Case, "TOPIC")
    assert not any(hasattr(each, "TOPIC") for each in (Case.Event, Case.Created))


def test_a_case_never_takes_the_wall_clock() -> None:
    errand = opened()

    with pytest.raises(TypeError, match="never stamps itself"):
        errand.trigger_event(Errand.Closed)


def test_an_instant_without_an_offset_is_a_bug() -> None:
    errand = opened()

    with pytest.raises(TypeError):
        errand.close(act(datetime(2026, 11, 3, 9)))  # noqa: DTZ001


def test_impossible_command_is_refused_with_the_possible_ones() -> None:
    errand = closed()

    with pytest.raises(NotAllowed) as refused:
        errand.note("Terlambat", act())

    assert refused.value.command == "note"
    assert refused.value.status == "closed"
    assert refused.value.allowed == ()
    assert errand.pending_events == []


# A case that goes on for ever.


def noted(times: int) -> Errand:
    errand = opened()
    for _ in range(times):
        errand.note("Ditelepon", act())
    errand.collect_events()
    return errand


def test_a_case_of_two_thousand_events_goes_round_no_more() -> None:
    errand = noted(EVENTS_MAX - 1)

    with pytest.raises(CaseFull) as refused:
        errand.note("Ditelepon", act())

    assert errand.version == EVENTS_MAX == refused.value.events_max == 2_000
    assert (refused.value.command, refused.value.status) == ("note", "open")
    assert refused.value.allowed == errand.allowed == ("close",)
    assert errand.pending_events == []


def test_a_full_case_can_still_be_ended_and_its_person_erased() -> None:
    errand = noted(EVENTS_MAX - 1)

    errand.close(act(TUESDAY))
    errand.erase_personal_data(act(TUESDAY))

    assert (errand.status, errand.personal_data_erased) == ("closed", True)


def test_one_event_less_is_one_round_more() -> None:
    errand = noted(EVENTS_MAX - 2)

    errand.note("Ditelepon", act())

    assert errand.version == EVENTS_MAX


# Erasing a person.


def test_erasing_personal_data_changes_neither_status_nor_clock() -> None:
    errand = opened()
    before = errand.status, errand.clock

    errand.erase_personal_data(act(MONDAY))

    assert errand.personal_data_erased
    assert (errand.status, errand.clock) == before


def test_a_finished_case_can_be_erased_too() -> None:
    errand = closed()

    errand.erase_personal_data(act())

    assert errand.personal_data_erased


def test_nothing_is_erased_twice() -> None:
    errand = opened()
    errand.erase_personal_data(act())

    with pytest.raises(NotAllowed) as refused:
        errand.erase_personal_data(act())

    assert refused.value.command == "erase-personal-data"


def test_personal_data_are_not_noted_once_the_person_was_erased() -> None:
    errand = opened()
    errand.erase_personal_data(act())

    errand.note("Siti menelepon", act())

    event = errand.pending_events[-1]
    assert isinstance(event, Errand.Noted)
    assert event.text is None


# An amended calendar: on 7 August 2025 Monday the 18th was made a day off.

AMENDED = CALENDAR
BEFORE = CALENDAR.as_of(CALENDAR.version.replace("2025.2", "2025.1"))
FRIDAY_15_AUGUST = datetime(2025, 8, 15, 9, tzinfo=PONTIANAK)
MONDAY_4_AUGUST = datetime(2025, 8, 4, 9, tzinfo=PONTIANAK)


def opened_before_the_amendment(at: datetime) -> Errand:
    errand = Errand.open(replace(act(at), calendar=BEFORE))
    errand.collect_events()
    return errand


def test_an_amended_calendar_moves_the_due_date_and_says_what_was_promised_before() -> None:
    errand = opened_before_the_amendment(FRIDAY_15_AUGUST)

    errand.change_due_date(ActContext(SYSTEM, FRIDAY_15_AUGUST, AMENDED))

    (event,) = errand.pending_events
    assert isinstance(event, Errand.DueDateChanged)
    assert (event.due_on_before, event.clock["due_on"]) == ("2025-08-18", "2025-08-19")
    assert (event.status, event.role) == ("open", "system")


def test_an_amendment_is_taken_over_once() -> None:
    errand = opened_before_the_amendment(FRIDAY_15_AUGUST)
    errand.change_due_date(ActContext(SYSTEM, FRIDAY_15_AUGUST, AMENDED))
    errand.collect_events()

    errand.change_due_date(ActContext(SYSTEM, FRIDAY_15_AUGUST, AMENDED))

    assert errand.pending_events == []


def test_an_amendment_that_leaves_the_due_date_where_it_was_is_not_worth_an_event() -> None:
    errand = opened_before_the_amendment(MONDAY_4_AUGUST)

    errand.change_due_date(ActContext(SYSTEM, MONDAY_4_AUGUST, AMENDED))

    assert errand.pending_events == []


def test_any_event_takes_over_the_calendar_that_is_in_force() -> None:
    errand = opened_before_the_amendment(FRIDAY_15_AUGUST)

    errand.note("Ditelepon", act(FRIDAY_15_AUGUST))

    (event,) = errand.pending_events
    assert isinstance(event, Errand.Noted)
    assert event.clock["due_on"] == "2025-08-19"


def test_finished_cases_are_left_as_they_were() -> None:
    errand = opened_before_the_amendment(FRIDAY_15_AUGUST)
    errand.close(replace(act(FRIDAY_15_AUGUST), calendar=BEFORE))
    errand.collect_events()

    errand.change_due_date(ActContext(SYSTEM, FRIDAY_15_AUGUST, AMENDED))

    assert errand.pending_events == []
