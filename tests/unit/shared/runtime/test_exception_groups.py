"""Failures of tasks are collected one by one, and an exit after the block keeps its code."""

import asyncio
from typing import Any

import pytest

from shared.runtime.exception_groups import all_of, collected

LOST, TAKEN, FULL = ConnectionError("lost"), OSError("taken"), ValueError("full")


def test_the_failures_of_groups_in_groups_come_one_by_one() -> None:
    with collected(OSError, ValueError) as failures:
        raise ExceptionGroup("", [LOST, ExceptionGroup("", [TAKEN, FULL])])

    assert failures == [LOST, TAKEN, FULL]


def test_a_failure_that_came_alone_is_collected_too() -> None:
    with collected(OSError) as failures:
        raise LOST

    assert failures == [LOST]


def test_a_block_that_ends_well_has_none() -> None:
    with collected(Exception) as failures:
        pass

    assert failures == []


def test_exception_of_another_kind_goes_on() -> None:
    with pytest.raises(ExceptionGroup) as raised, collected(OSError) as failures:
        raise ExceptionGroup("", [LOST, FULL])

    assert failures == [LOST]
    assert raised.value.exceptions == (FULL,)


def test_an_exit_because_of_a_failure_is_no_group() -> None:
    """Inside `except*` it would be one, up to Python 3.11.3."""
    with pytest.raises(SystemExit) as exit_:
        end_because_of(LOST)

    assert exit_.value.code == 1


def end_because_of(failure: Exception) -> None:
    with collected(Exception) as failures:
        raise failure
    if failures:
        raise SystemExit(1)


async def fail_when_cancelled(begun: asyncio.Event) -> None:
    try:
        begun.set()
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise LOST from None


async def fail() -> None:
    raise TAKEN


async def test_the_cancellation_of_a_task_outlives_a_failure_at_the_same_time() -> None:
    """Else a loop that goes on after every failure would never end."""
    begun = asyncio.Event()
    task = asyncio.create_task(all_of([fail_when_cancelled(begun)]))
    await begun.wait()
    task.cancel()

    [ended] = await asyncio.gather(task, return_exceptions=True)

    assert isinstance(ended, asyncio.CancelledError)


async def test_first_failure_ends_the_other_tasks_and_is_raised() -> None:
    others = [asyncio.ensure_future(asyncio.Event().wait()) for _ in range(2)]

    async def other(task: "asyncio.Future[Any]") -> None:
        await task

    with pytest.raises(OSError, match="taken"):
        await all_of([other(others[0]), fail(), other(others[1])])

    assert [each.cancelled() for each in others] == [True, True]
