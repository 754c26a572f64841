"""How batches are cut from what waits."""

from datetime import UTC, datetime
from itertools import chain
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore.append.command_append import (
    OVERHEAD_BYTES,
    Append,
    AppendOutcome,
    append_of,
)
from shared.eventstore.append.pending import AppendQueue, PendingAppend
from shared.eventstore.codec import Encoded
from shared.eventstore.errors import LogBusy, LogClosed
from shared.eventstore.records import Claim, CommandKey

ONE = UUID(int=1)


def an_append(
    *,
    stream: UUID | None = None,
    key: str | None = None,
    state_bytes: int = 100,
    claim: Claim | None = None,
) -> Append:
    encoded = Encoded(stream or uuid4(), 1, "t", bytes(state_bytes))
    return append_of([encoded], key=CommandKey(key or uuid4().hex, b""), claim=claim)


def queue(*, commands_max: int = 100, bytes_max: int = 1_000_000) -> AppendQueue:
    return AppendQueue(commands_max=commands_max, bytes_max=bytes_max)


def cut(
    queue: AppendQueue, *, commands_max: int = 100, bytes_max: int = 1_000_000
) -> list[PendingAppend]:
    return queue.cut(commands_max=commands_max, bytes_max=bytes_max)


async def test_first_come_first_written() -> None:
    queued = queue()
    waiting = [queued.put(an_append()) for _ in range(5)]

    assert cut(queued) == waiting
    assert cut(queued) == []


async def test_a_batch_is_bounded_by_count() -> None:
    queued = queue()
    waiting = [queued.put(an_append()) for _ in range(5)]

    assert cut(queued, commands_max=2) == waiting[:2]
    assert cut(queued, commands_max=2) == waiting[2:4]
    assert cut(queued, commands_max=2) == waiting[4:]


async def test_a_batch_is_bounded_by_bytes() -> None:
    queued = queue()
    waiting = [queued.put(an_append(state_bytes=1000)) for _ in range(3)]

    assert cut(queued, bytes_max=2 * (1000 + OVERHEAD_BYTES + 1)) == waiting[:2]


async def test_one_command_alone_may_exceed_the_batch() -> None:
    queued = queue()
    small = queued.put(an_append())
    large = queued.put(an_append(state_bytes=10_000))

    assert cut(queued, bytes_max=5_000) == [small]
    assert cut(queued, bytes_max=5_000) == [large]


async def test_two_commands_of_one_stream_never_share_a_batch() -> None:
    queued = queue()
    first, second = queued.put(an_append(stream=ONE)), queued.put(an_append(stream=ONE))
    third = queued.put(an_append())

    assert cut(queued) == [first]
    assert cut(queued) == [second, third]


async def test_two_commands_of_one_key_never_share_a_batch() -> None:
    queued = queue()
    first, second = queued.put(an_append(key="k")), queued.put(an_append(key="k"))

    assert cut(queued) == [first]
    assert cut(queued) == [second]


async def test_two_commands_that_claim_one_name_never_share_a_batch() -> None:
    queued = queue()
    first = queued.put(an_append(claim=Claim("letter 7")))
    second = queued.put(an_append(claim=Claim("letter 7", shared=True)))
    others = [queued.put(an_append(claim=claim)) for claim in (Claim(None), Claim(None), None)]

    assert cut(queued) == [first]
    assert cut(queued) == [second, *others]


async def test_cancelled_append_is_not_written() -> None:
    queued = queue()
    gone, stays = queued.put(an_append(stream=ONE)), queued.put(an_append(stream=ONE))
    gone.outcome.cancel()

    assert cut(queued) == [stays]


async def test_a_full_queue_says_when_to_come_again() -> None:
    queued = queue(commands_max=1)
    queued.put(an_append())

    with pytest.raises(LogBusy) as busy:
        queued.put(an_append())

    assert busy.value.retry_after_seconds == 1


async def test_a_queue_full_of_bytes_takes_in_nothing_more() -> None:
    queued = queue(bytes_max=1_000)
    queued.put(an_append(state_bytes=1_000))

    with pytest.raises(LogBusy):
        queued.put(an_append())


async def test_batch_taken_from_the_queue_makes_room() -> None:
    queued = queue(commands_max=1, bytes_max=1_000)
    queued.put(an_append(state_bytes=1_000))
    cut(queued)

    assert queued.put(an_append()).is_awaited


async def test_a_closed_queue_hands_back_who_waits_and_takes_in_nobody() -> None:
    queued = queue()
    waiting = queued.put(an_append())

    assert queued.close() == [waiting]
    with pytest.raises(LogClosed):
        queued.put(an_append())


async def test_an_outcome_for_who_has_gone_is_dropped() -> None:
    """set_result on a cancelled future raises, and would kill the writer."""
    gone = queue().put(an_append())
    gone.outcome.cancel()

    gone.fail(LogBusy(1))
    gone.answer(AppendOutcome("conflict", uuid4(), None, None, None, datetime.now(UTC)))

    assert gone.outcome.cancelled()


@given(
    commands=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 400))),
    commands_max=st.integers(1, 5),
    bytes_max=st.integers(OVERHEAD_BYTES, 2_000),
)
async def test_every_split_into_batches_writes_all_once_in_order(
    commands: list[tuple[int, int, int]], commands_max: int, bytes_max: int
) -> None:
    queued = queue()
    waiting = [
        queued.put(an_append(stream=UUID(int=stream), key=str(key), state_bytes=size))
        for stream, key, size in commands
    ]

    batches = list(iter(lambda: cut(queued, commands_max=commands_max, bytes_max=bytes_max), []))

    assert list(chain.from_iterable(batches)) == waiting
    assert all(len(batch) <= commands_max for batch in batches)
    assert all(weight(batch) <= bytes_max or len(batch) == 1 for batch in batches)
    assert all(len(streams(batch)) == len(keys(batch)) == len(batch) for batch in batches)


def weight(batch: list[PendingAppend]) -> int:
    return sum(waiting.append.size_bytes for waiting in batch)


def streams(batch: list[PendingAppend]) -> set[UUID]:
    return {waiting.append.originator_id for waiting in batch}


def keys(batch: list[PendingAppend]) -> set[str]:
    return {waiting.append.key.key for waiting in batch}
