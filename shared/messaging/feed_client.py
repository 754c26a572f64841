"""The client of another service's feed: a page of events after a position, or the log's head.

The client stores no position; each caller passes its own.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import aiohttp
import msgspec
from multidict import CIMultiDictProxy

from shared.answers import AnswerTooLong, whole_body
from shared.clock_reading import ClockReading
from shared.eventstore.records import Head
from shared.messaging.envelope import BATCH_CONTENT_TYPE
from shared.messaging.feed_token import FeedToken, NoToken
from shared.messaging.subscription import UNREADABLE, Incoming, MalformedEvent, incoming

PAGE_SIZE_MAX = 1_000
PAGE_BYTES_MAX = 64 * 1024 * 1024
"""More than a thousand events of some kilobytes each; a bound on a broken peer."""

CONNECT_TIMEOUT_SECONDS = 5.0
SILENCE_SECONDS_MAX = 10.0
"""In addition to the wait that was asked for: a peer that vanished without a word is given up."""

ANSWER_TIMEOUT_SECONDS = 30.0
"""In addition to the wait that was asked for. A full page takes a tenth of a second."""


class FeedUnavailable(Exception):
    """The feed gave no answer, or no valid one. Try again after a pause."""


class FeedRefused(FeedUnavailable):
    """The service refused the token (401, 403): it is wrong, expired, or missing."""


class FeedEndsBefore(FeedUnavailable):
    """The log ends before the position that was asked for (409): it has lost history."""

    def __init__(self, message: str, *, head: int) -> None:
        super().__init__(message)
        self.head = head


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events after a position, in order and without a gap.

    head: the end of the log when the page was made. scanned_to: the page covers the log up to this
    position, where the next one begins (with a filter it lies beyond the last event).
    """

    events: list[Incoming]
    head: Head
    scanned_to: int


class FeedClient:
    """One service's feed, for any number of tasks of one event loop; a context manager.

    A cancellation ends the request and leaves nothing. Every method raises `FeedUnavailable`.
    `clock`: what time it was there at the last answer; None before the first.
    """

    def __init__(self, base_url: str, token: FeedToken) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self.clock: ClockReading | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections; the next request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def read(
        self, after: int, limit: int = PAGE_SIZE_MAX, wait_seconds: float = 0
    ) -> FeedPage:
        """Up to `limit` (1–1000) events after a position; `wait_seconds` (0–30) for a first one."""
        query = {"after": str(after), "limit": str(limit), "wait": f"{wait_seconds:g}"}
        headers, body = await self._get("/v1/events", query, wait_seconds)
        try:
            events = [incoming(each) for each in _EVENTS.decode(body)]
            return FeedPage(events, _head(headers), int(headers["Janji-Scanned-To"]))
        except (*UNREADABLE, MalformedEvent, KeyError) as error:
            raise FeedUnavailable(f"{self._base_url} gave no page of a feed: {error!r}") from error

    async def head(self) -> Head:
        """The end of the log at this moment."""
        _, body = await self._get("/v1/events/head", {}, 0)
        try:
            head = _HEAD.decode(body)
            return Head(head.epoch, head.position, bytes.fromhex(head.hash), head.recorded_at)
        except UNREADABLE as error:
            raise FeedUnavailable(f"{self._base_url} gave no head of a log: {error!r}") from error

    async def _get(
        self, path: str, query: dict[str, str], wait_seconds: float
    ) -> tuple[CIMultiDictProxy[str], bytes]:
        timeout = aiohttp.ClientTimeout(
            total=wait_seconds + ANSWER_TIMEOUT_SECONDS,
            connect=CONNECT_TIMEOUT_SECONDS,
            sock_read=wait_seconds + SILENCE_SECONDS_MAX,
        )
        try:
            async with self._requests.get(
                self._base_url + path,
                params=query,
                headers=await self._headers(),
                timeout=timeout,
                allow_redirects=False,  # the token is for this server alone
            ) as response:
                body = await whole_body(response, PAGE_BYTES_MAX)
                self._refuse(response.status, body)
                if not wait_seconds:  # a long poll's `Date` is that of its beginning
                    self._read_clock(response.headers)
                return response.headers, body
        except AnswerTooLong as error:
            raise FeedUnavailable(str(error)) from error
        except UNREADABLE as error:
            raise FeedUnavailable(f"{self._base_url} gave no problem details: {error}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FeedUnavailable(f"{self._base_url} doesn't answer: {error!r}") from error

    @property
    def _requests(self) -> aiohttp.ClientSession:
        """Made at the first request, since a session belongs to the running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def _headers(self) -> dict[str, str]:
        try:
            token = await self._token.current()
        except NoToken as error:
            raise FeedRefused(f"no token to show {self._base_url}: {error}") from error
        return {
            "Authorization": f"Bearer {token}",
            "Accept": f"{BATCH_CONTENT_TYPE}, application/json",
        }

    def _read_clock(self, headers: CIMultiDictProxy[str]) -> None:
        with suppress(KeyError, ValueError):  # left out by a proxy, for instance
            instant = parsedate_to_datetime(headers["Date"])
            self.clock = ClockReading(instant.replace(tzinfo=instant.tzinfo or UTC))

    def _refuse(self, status: int, body: bytes) -> None:
        if status in (401, 403):
            self._token.refused()
            raise FeedRefused(f"{self._base_url}: {status} for {self._token}")
        if status == 409:
            head = _PROBLEM.decode(body).head
            raise FeedEndsBefore(f"the log of {self._base_url} ends at {head}", head=head)
        if status != 200:
            raise FeedUnavailable(f"{self._base_url} answered {status}")


class HeadBody(msgspec.Struct):
    """What `GET /v1/events/head` answers."""

    epoch: UUID
    position: int
    hash: str
    recorded_at: datetime | None


class _Problem(msgspec.Struct):
    head: int = 0


def _head(headers: CIMultiDictProxy[str]) -> Head:
    recorded_at = headers.get("Janji-Log-Head-Recorded-At")
    return Head(
        epoch=UUID(headers["Janji-Log-Epoch"]),
        position=int(headers["Janji-Log-Head"]),
        hash=bytes.fromhex(headers["Janji-Log-Head-Hash"]),
        recorded_at=datetime.fromisoformat(recorded_at) if recorded_at else None,
    )


_EVENTS = msgspec.json.Decoder(list[dict[str, Any]])
_HEAD = msgspec.json.Decoder(HeadBody)
_PROBLEM = msgspec.json.Decoder(_Problem)
