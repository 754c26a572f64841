"""The feed over HTTP: its pages, its headers, and what a client makes of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import ClientSession

from shared.eventstore.log import EventLog
from shared.eventstore.records import Recorded
from shared.messaging.feed_client import FeedClient, FeedEndsBefore, FeedRefused, FeedUnavailable
from shared.messaging.feed_token import FileToken
from testbed.databases import Database
from testbed.event_logs import connected, running
from tests.support.messaging.feed_server import TOKEN, serving_feed
from tests.support.messaging.published_notes import SOURCE, append, append_at_once, envelopes_of

BATCH = "application/cloudevents-batch+json"


@pytest.fixture
def made(database: Callable[[str], Database]) -> Database:
    return database(SOURCE)


@pytest.fixture
async def log(made: Database) -> AsyncIterator[EventLog]:
    async with running(made.app_url) as log:
        yield log


@pytest.fixture
async def base_url(log: EventLog) -> AsyncIterator[str]:
    async with serving_feed(SOURCE, log, await envelopes_of(log)) as url:
        yield url


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


@pytest.fixture
async def client(base_url: str, token_file: Path) -> AsyncIterator[FeedClient]:
    async with FeedClient(base_url, FileToken(token_file)) as client:
        yield client


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[ClientSession]:
    """As any other client would ask."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with ClientSession(base_url, headers=headers) as session:
        yield session


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def get(http: ClientSession, path: str, **headers: str) -> Answer:
    async with http.get(path, headers=headers) as response:
        return Answer(response.status, response.headers, await response.read())


def renew(token_file: Path, token: str) -> None:
    token_file.write_text(token)


async def test_a_page_is_a_batch_of_cloudevents_in_order(
    log: EventLog, http: ClientSession
) -> None:
    await append(log, 3)

    response = await get(http, "/v1/events?after=1")

    events = json.loads(response.body)
    assert response.headers["Content-Type"] == BATCH
    assert [event["sequence"] for event in events] == [f"{2:020}", f"{3:020}"]


async def test_the_headers_tell_where_log_and_page_end(log: EventLog, http: ClientSession) -> None:
    await append(log, 3)
    head = await log.head()
    second = (await log.read(1, 1))[0]

    response = await get(http, "/v1/events?limit=2")

    assert response.headers["Janji-Log-Head"] == "3"
    assert response.headers["Janji-Log-Epoch"] == str(head.epoch)
    assert response.headers["Janji-Log-Hash"] == second.hash.hex()
    assert response.headers["Janji-Scanned-To"] == "2"


async def test_a_page_names_a_head_that_is_no_older_than_its_events(
    log: EventLog, client: FeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its reader would take the last of them for events beyond the log's end."""
    reads = log.read

    async def grows_and_reads(after: int, limit: int) -> list[Recorded]:
        await append(log, 1)
        return await reads(after, limit)

    monkeypatch.setattr(log, "read", grows_and_reads)

    page = await client.read(0, 10)

    assert [event.position for event in page.events] == [1]
    assert page.head.position == 1


async def test_the_head_is_never_kept(log: EventLog, http: ClientSession) -> None:
    await append(log, 1)
    head = await log.head()

    response = await get(http, "/v1/events/head")

    assert response.headers["Cache-Control"] == "no-store"
    body = json.loads(response.body)
    assert head.recorded_at is not None
    assert body == {
        "epoch": str(head.epoch),
        "position": 1,
        "hash": head.hash.hex(),
        "recorded_at": head.recorded_at.isoformat().replace("+00:00", "Z"),
    }


async def test_a_full_page_is_kept_and_asked_for_again(log: EventLog, http: ClientSession) -> None:
    await append(log, 3)

    first = await get(http, "/v1/events?limit=2")
    again = await get(http, "/v1/events?limit=2", **{"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert again.status == 304
    assert again.body == b""


async def test_a_page_that_may_grow_is_never_kept(log: EventLog, http: ClientSession) -> None:
    await append(log, 1)

    response = await get(http, "/v1/events?limit=2")

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


async def test_a_filter_shows_some_and_scans_all(log: EventLog, http: ClientSession) -> None:
    await append_at_once(log, 3)  # created, painted, painted

    response = await get(http, "/v1/events?type=created,erased")
    none = await get(http, "/v1/events?type=erased")

    assert [event["sequence"] for event in json.loads(response.body)] == [f"{1:020}"]
    assert json.loads(none.body) == []
    assert none.headers["Janji-Scanned-To"] == "3"


@pytest.mark.parametrize(
    "query", ["after=-1", "limit=0", "limit=1001", "wait=31", "wait=-1", "after=first"]
)
async def test_bounds_are_kept(http: ClientSession, query: str) -> None:
    assert (await get(http, f"/v1/events?{query}")).status == 422


async def test_feed_tells_nothing_without_a_token(base_url: str) -> None:
    async with ClientSession(base_url) as nobody:
        assert (await get(nobody, "/v1/events")).status == 401
        assert (await get(nobody, "/v1/events/head")).status == 401


async def test_a_long_poll_ends_with_the_first_event(log: EventLog, client: FeedClient) -> None:
    started_at = asyncio.get_running_loop().time()
    asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(append(log, 1)))

    page = await client.read(0, wait_seconds=20)

    assert [event.position for event in page.events] == [1]
    assert asyncio.get_running_loop().time() - started_at < 5


async def test_a_long_poll_ends_empty_when_nothing_comes(client: FeedClient) -> None:
    page = await client.read(0, wait_seconds=0.2)

    assert (page.events, page.head.position, page.scanned_to) == ([], 0, 0)


async def test_a_long_poll_ends_when_the_service_stops(log: EventLog, token_file: Path) -> None:
    stopping, started_at = asyncio.Event(), asyncio.get_running_loop().time()
    asyncio.get_running_loop().call_later(0.3, stopping.set)

    async with (
        serving_feed(SOURCE, log, await envelopes_of(log), stopping) as url,
        FeedClient(url, FileToken(token_file)) as client,
    ):
        page = await client.read(0, wait_seconds=20)

    assert page.events == []
    assert asyncio.get_running_loop().time() - started_at < 5


async def test_request_beyond_the_head_is_refused_at_once(
    log: EventLog, client: FeedClient
) -> None:
    """A follower of a log that was restored from a backup stands there."""
    await append(log, 1)
    started_at = asyncio.get_running_loop().time()

    with pytest.raises(FeedEndsBefore) as refused:
        await client.read(7, wait_seconds=20)

    assert refused.value.head == 1
    assert asyncio.get_running_loop().time() - started_at < 5


async def test_the_client_reads_what_the_log_holds(log: EventLog, client: FeedClient) -> None:
    await append(log, 2)
    stored = await log.read(0, 10)

    page = await client.read(0)

    assert [event.hash for event in page.events] == [each.hash for each in stored]
    assert page.head == await log.head() == await client.head()
    assert page.scanned_to == 2


async def test_the_client_reads_an_empty_log(log: EventLog, client: FeedClient) -> None:
    assert (await client.read(0)).head == await log.head() == await client.head()


async def test_a_new_epoch_shows_in_ids_and_headers(
    made: Database, log: EventLog, client: FeedClient
) -> None:
    await append(log, 1)
    await client.read(0)
    async with connected(made.owner_url) as owner:
        opened = await owner.fetchval("select open_epoch_v1()")
    await append(log, 1)

    page = await client.read(0)

    old, new = page.events
    assert page.head.epoch == opened
    assert new.epoch == str(opened) != old.epoch


async def test_the_token_is_read_anew_at_each_request(client: FeedClient, token_file: Path) -> None:
    renew(token_file, "too old")
    with pytest.raises(FeedRefused, match="403"):
        await client.head()

    renew(token_file, TOKEN)

    assert (await client.head()).position == 0


async def test_client_without_its_token_file_says_so(base_url: str, tmp_path: Path) -> None:
    async with FeedClient(base_url, FileToken(tmp_path / "nowhere")) as client:
        with pytest.raises(FeedUnavailable, match="nowhere"):
            await client.head()


async def test_a_service_that_is_away_is_named(token_file: Path) -> None:
    async with FeedClient("http://127.0.0.1:9", FileToken(token_file)) as client:
        with pytest.raises(FeedUnavailable, match=r"127\.0\.0\.1:9"):
            await client.read(0)


async def test_answer_that_is_no_feed_is_not_taken_for_one(base_url: str, token_file: Path) -> None:
    async with FeedClient(f"{base_url}/elsewhere", FileToken(token_file)) as client:
        with pytest.raises(FeedUnavailable, match="404"):
            await client.read(0)


async def test_a_follower_that_goes_away_leaves_nothing_behind(
    log: EventLog, http: ClientSession
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await get(http, "/v1/events?wait=30")

    await append(log, 1)
    timeout = aiohttp.ClientTimeout(total=5)
    async with http.get("/v1/events", timeout=timeout) as response:
        assert len(await response.json(content_type=BATCH)) == 1
