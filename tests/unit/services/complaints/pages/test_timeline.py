"""The timeline of a complaint: every event has a sentence, in both languages."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.complaints.domain import Complaint
from services.complaints.pages.timeline import TimelineItem, latest_message, timeline
from shared.cases.web.responses import CaseHistory
from shared.eventstore.records import Recorded
from shared.web.language import Language
from testbed.complaints import (
    COMMANDS,
    MONDAY,
    STANDARDS,
    act,
    classify,
    every_event,
    receive,
)

STANDARD = STANDARDS.named("09/DISKOMINFO/2022")
WORDS_OF_THE_OFFICE = ("Perlu pemeriksaan", "Tidak ada jawaban", "reviewer-")


def recorded(events: Iterable[Complaint.Event]) -> CaseHistory:
    """As the log gives them back."""
    return [
        (
            Recorded(
                position=number,
                originator_id=uuid4(),
                version=number,
                topic=str(type(event).TOPIC),  # type: ignore[attr-defined]
                state=b"",
                recorded_at=datetime(2026, 11, 2, tzinfo=UTC),
                hash=b"",
                trace=None,
            ),
            event,
        )
        for number, event in enumerate(events, 1)
    ]


def after(*commands: str) -> CaseHistory:
    """A complaint that was classified and in hand before these."""
    complaint = classify(receive(act()), "minor", MONDAY)
    for command in ("assign", *commands):
        COMMANDS[command](complaint, act())
    return recorded(complaint.collect_events())  # type: ignore[arg-type]


def told(history: CaseHistory) -> list[TimelineItem]:
    return timeline(history, STANDARD, "en")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_event_has_its_sentence(language: Language) -> None:
    happenings = timeline(recorded(every_event()), STANDARD, language)

    assert all(each.what and "{" not in each.what for each in happenings)
    assert len({each.what for each in happenings}) >= len({type(each) for each in every_event()})


def test_timeline_is_in_order_with_the_texts_of_both_sides() -> None:
    assert [
        (each.what, each.wrote) for each in told(after("request-clarification", "clarify"))
    ] == [
        ("We received your complaint (WhatsApp).", None),
        ("We set its category: Minor complaint, to be answered within 5 working days.", None),
        ("An officer is handling it.", None),
        ("We asked you:", "?"),
        ("You answered:", "Surat 7"),
    ]


def test_internal_notes_are_not_told() -> None:
    everything = str(told(recorded(every_event())))

    assert [words for words in WORDS_OF_THE_OFFICE if words in everything] == []


def test_a_second_opinion_is_told_as_one() -> None:
    assert told(after("classify"))[-1].what == (
        "We changed its category to: Complaint with oversight content that needs an examination, "
        "to be answered within 60 working days of its receipt."
    )


def test_office_it_was_forwarded_to_is_told() -> None:
    assert told(after("forward"))[-1].what == (
        "We passed it on to Inspektorat, under their reference 1:"
    )


def test_erased_text_is_told_as_a_fact_only() -> None:
    history = after("forward")
    for _, event in history:
        object.__setattr__(event, "to", None)

    assert told(history)[-1].what == "We passed it on to another office."


def test_the_question_stands_first_while_it_waits_for_its_answer() -> None:
    asked = latest_message(after("respond", "request-clarification"))

    assert asked is not None
    assert (asked.wrote, asked.asks) == ("?", True)


def test_the_answer_stands_first_until_it_is_sent_back() -> None:
    answered = latest_message(after("resolve", "rate", "close"))

    assert answered is not None
    assert (answered.wrote, answered.asks) == ("Selesai", False)
    assert latest_message(after("resolve", "reopen")) is None


@pytest.mark.parametrize("commands", [(), ("respond",), ("request-clarification", "clarify")])
def test_banner_is_absent_otherwise(commands: tuple[str, ...]) -> None:
    assert latest_message(after(*commands)) is None
