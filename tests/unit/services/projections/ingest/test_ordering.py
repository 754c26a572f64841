"""What may be applied next, and when a queue is no longer to be trusted."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from services.projections.ingest.ordering import (
    Checkpoint,
    Forked,
    QueueHealth,
    order,
    raise_if_forked,
)
from shared.eventstore.records import Head
from shared.messaging.feed_client import FeedPage
from shared.messaging.subscription import Incoming

EPOCHS = [UUID(int=(n << 96) + n) for n in (1, 2)]


def event(position: int, *, epoch: int = 0, life: int = 0) -> Incoming:
    """Position 7 of the log's first life is another event than position 7 of its second."""
    found, previous = (sha256(f"{n} {life}".encode()).digest() for n in (position, position - 1))
    return Incoming("requests", position, str(EPOCHS[epoch]), found, "noted", {}, previous)


UNCHAINED = [replace(event(4), previous_hash=None)]
START = Checkpoint(0, "", b"")
AT_3 = Checkpoint.of(event(3))


def events(*positions: int, epoch: int = 0, life: int = 0) -> list[Incoming]:
    return [event(position, epoch=epoch, life=life) for position in positions]


def page(found: Sequence[Incoming], *, head: int) -> FeedPage:
    return FeedPage(list(found), Head(EPOCHS[0], head, bytes(32), None), 0)


# fmt: off
BATCHES = [
    pytest.param(START, events(1, 2, 3),    [1, 2, 3], True,  id="from the very beginning"),
    pytest.param(AT_3,  events(4, 5),       [4, 5],    True,  id="what follows is taken"),
    pytest.param(AT_3,  events(1, 2, 3),    [],        True,  id="repeats are left out"),
    pytest.param(AT_3,  events(2, 3, 4),    [4],       True,  id="repeats, then what follows"),
    pytest.param(AT_3,  events(4, 4, 5),    [4, 5],    True,  id="a repeat within the batch"),
    pytest.param(AT_3,  events(5, 6),       [],        False, id="a gap"),
    pytest.param(AT_3,  events(4, 6, 5),    [4],       False, id="up to the gap, and nothing late"),
    pytest.param(START, events(2),          [],        False, id="a gap at the beginning"),
    pytest.param(AT_3,  events(4, epoch=1), [4],       True,  id="an epoch that lost nothing"),
    pytest.param(AT_3,  events(4, life=1),  [],        False, id="the next of another history"),
    pytest.param(AT_3,  UNCHAINED,          [],        False, id="no word of its predecessor"),
    pytest.param(AT_3,  events(3, life=1),  [],        False, id="another event where we stand"),
    pytest.param(AT_3,  [],                 [],        True,  id="nothing came"),
]
# fmt: on


@pytest.mark.parametrize(("checkpoint", "came", "new_events", "in_order"), BATCHES)
def test_only_the_very_next_event_is_taken(
    checkpoint: Checkpoint, came: Sequence[Incoming], new_events: Sequence[int], in_order: bool
) -> None:
    ordered = order(checkpoint, came, from_feed=False)

    assert [each.position for each in ordered.new_events] == new_events
    assert ordered.in_order is in_order
    assert ordered.checkpoint == (
        Checkpoint.of(ordered.new_events[-1]) if new_events else checkpoint
    )


@pytest.mark.parametrize(("epoch", "new_events"), [(0, []), (1, [4])])
def test_an_event_of_another_epoch_than_the_log_is_in_is_not_taken(
    epoch: int, new_events: Sequence[int]
) -> None:
    """A queue may still hold messages of a lost history, which fit the checkpoint."""
    came = events(4, epoch=epoch)

    ordered = order(AT_3, came, from_feed=False, log_epoch=str(EPOCHS[1]))

    assert [each.position for each in ordered.new_events] == new_events
    assert ordered.in_order is bool(new_events)


def test_a_page_of_the_feed_proves_an_epoch_that_begins_in_it() -> None:
    came = [*events(3, 4), *events(5, epoch=1)]

    ordered = order(AT_3, came, from_feed=True)

    assert [each.position for each in ordered.new_events] == [4, 5]
    assert ordered.in_order


def test_a_page_begins_with_the_event_that_we_stand_on() -> None:
    assert (START.read_after, AT_3.read_after) == (0, 2)
    raise_if_forked(AT_3, page(events(3, 4), head=4))
    raise_if_forked(START, page([], head=0))


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(page(events(3, 4, life=1), head=4), id="another hash"),
        pytest.param(page(events(3, epoch=1), head=3), id="written in another epoch"),
        pytest.param(page([], head=2), id="the log ends before"),
    ],
)
def test_a_log_that_holds_another_event_has_forked(found: FeedPage) -> None:
    with pytest.raises(Forked, match="forked at 3") as forked:
        raise_if_forked(AT_3, found)

    assert forked.value.position == 3


def test_a_queue_is_silent_when_a_check_found_us_behind_and_nothing_came_since() -> None:
    health = QueueHealth()

    found = [
        health.head_checked(applied=3, head=3),  # all there
        health.head_checked(applied=3, head=5),  # two are on the way
        health.head_checked(applied=5, head=9),  # they came; others are on the way
        health.head_checked(applied=5, head=9),  # they didn't
    ]

    assert found == [False, False, False, True]


def test_one_silence_is_healed_by_the_feed_and_the_second_gives_the_queue_up() -> None:
    health = QueueHealth()

    given_up = []
    for _ in range(8):
        fail(health)
        given_up.append(health.needs_redeclare)
        health.redeclared()

    assert given_up == [False, True, False, True, False, False, False, True]


def test_a_queue_that_brings_something_is_trusted_again() -> None:
    health = QueueHealth()

    fail(health)
    health.delivered_in_order()
    fail(health)

    assert not health.needs_redeclare


def test_a_refused_event_is_the_queues_fault_only_if_the_feed_has_nothing_new() -> None:
    health = QueueHealth()

    health.delivered_out_of_order()
    was_a_gap = health.feed_read(2)
    health.delivered_out_of_order()
    was_wrong = health.feed_read(0)

    assert (was_a_gap, was_wrong) == (False, True)
    assert health.feed_read(0) is False, "it was forgiven"


def fail(health: QueueHealth) -> None:
    health.feed_read(0)
    health.head_checked(applied=1, head=2)
    health.head_checked(applied=1, head=2)
