"""A dead peer or our own end: both arrive as a CancelledError, and must not be mixed up."""

import asyncio
from contextlib import suppress

import aiormq
import pytest

from shared.messaging.connection import connection_errors_as


class Lost(Exception):
    pass


async def followed(future: asyncio.Future[None]) -> None:
    with connection_errors_as(Lost, "the queue"):
        await future


@pytest.fixture
async def future() -> asyncio.Future[None]:
    """What somebody waits for."""
    return asyncio.get_running_loop().create_future()


async def test_a_failed_heartbeat_is_a_loss(future: asyncio.Future[None]) -> None:
    """aiormq sets a CancelledError as the error of whatever is pending."""
    future.set_exception(asyncio.CancelledError())

    with pytest.raises(Lost, match="the queue: the broker fell silent"):
        await followed(future)


async def test_cancellation_by_the_peer_is_a_loss(future: asyncio.Future[None]) -> None:
    future.cancel()

    with pytest.raises(Lost):
        await followed(future)


async def test_our_own_end_is_none(future: asyncio.Future[None]) -> None:
    task = asyncio.create_task(followed(future))
    await asyncio.wait({task}, timeout=0.01)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_our_own_timeout_is_none(future: asyncio.Future[None]) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await followed(future)


@pytest.mark.parametrize(
    "error", [aiormq.AMQPConnectionError("cut"), OSError("gone"), RuntimeError("closed")]
)
async def test_every_way_of_losing_is_one_error(
    future: asyncio.Future[None], error: Exception
) -> None:
    future.set_exception(error)

    with pytest.raises(Lost) as lost:
        await followed(future)

    assert lost.value.__cause__ is error


async def test_a_mistake_of_ours_is_no_loss(future: asyncio.Future[None]) -> None:
    future.set_exception(KeyError("bug"))

    with pytest.raises(KeyError):
        await followed(future)


async def test_a_cancellation_that_the_library_swallows_is_made_good() -> None:
    went_on = False

    async def closing() -> None:
        nonlocal went_on
        with connection_errors_as(Lost, "closed"), suppress(asyncio.CancelledError):
            await asyncio.Event().wait()  # as aiormq does, waiting for its own tasks
        went_on = True

    task = asyncio.create_task(closing())
    await asyncio.wait({task}, timeout=0)
    task.cancel()
    await asyncio.wait({task})

    assert task.cancelled()
    assert not went_on
