"""A follower that goes on by a cursor is told when the log no longer holds what it has read."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp
import pytest

from shared.eventstore.log import EventLog
from testbed.databases import Database
from testbed.event_logs import running
from tests.support.messaging.feed_server import TOKEN, serving_feed
from tests.support.messaging.published_notes import SOURCE, append, envelopes_of


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@pytest.fixture
async def log(database: Callable[[str], Database]) -> AsyncIterator[EventLog]:
    async with running(database(SOURCE).app_url) as log:
        yield log


@pytest.fixture
async def feed_url(log: EventLog) -> AsyncIterator[str]:
    async with serving_feed(SOURCE, log, await envelopes_of(log)) as url:
        yield url


async def get(url: str) -> Answer:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as response:
        return Answer(response.status, response.headers, await response.read())


async def test_a_cursor_goes_on_where_the_page_ended(log: EventLog, feed_url: str) -> None:
    await append(log, 3)

    first = await get(f"{feed_url}/v1/events?cursor=0.0000000000000000&limit=2")
    second = await get(f"{feed_url}/v1/events?cursor={first.headers['Janji-Cursor']}")

    events = json.loads(first.body) + json.loads(second.body)
    assert [int(event["sequence"]) for event in events] == [1, 2, 3]
    assert second.headers["Janji-Cursor"] == events[-1]["logcursor"]


async def test_a_cursor_of_a_lost_history_is_told_so(log: EventLog, feed_url: str) -> None:
    """Going on after a position alone would pass over the events that were lost."""
    await append(log, 2)
    epoch = (await log.head()).epoch

    response = await get(f"{feed_url}/v1/events?cursor=2.ffffffffffffffff&wait=20")

    problem = json.loads(response.body)
    assert (response.status, problem["type"]) == (409, "/problems/forked")
    assert (problem["position"], problem["head"], problem["epoch"]) == (2, 2, str(epoch))
    assert problem["epochs"] == [{"epoch": str(epoch), "first_position": 1}]


async def test_a_cursor_beyond_a_shorter_log_is_of_a_lost_history(
    log: EventLog, feed_url: str
) -> None:
    await append(log, 2)

    response = await get(f"{feed_url}/v1/events?cursor=7.ffffffffffffffff")

    assert json.loads(response.body)["type"] == "/problems/forked"


@pytest.mark.parametrize("digit", ["\u0661", "\U00011f50"], ids=["Arabic", "newer than Python's"])
async def test_a_cursor_with_digits_of_another_script_is_refused(feed_url: str, digit: str) -> None:
    """Tried before: 500, as the pattern knew a digit that `int` did not."""
    response = await get(f"{feed_url}/v1/events?cursor={quote(digit)}.0123456789abcdef")

    assert response.status == 422
