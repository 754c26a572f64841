"""The feed before an event that can't be published: what comes before it is served, then 503."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.eventstore.records import Recorded
from shared.messaging.envelope import Publication
from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.messaging.feed_token import FileToken
from testbed.databases import Database
from testbed.event_logs import running
from tests.support.messaging.feed_server import TOKEN, serving_feed
from tests.support.messaging.published_notes import SOURCE, append, envelopes_of, publish


def all_but_the_third(event: Any, recorded: Recorded) -> Publication:
    assert recorded.position != 3, "no contract"
    return publish(event, recorded)


async def test_an_event_that_can_not_be_published_holds_up_only_what_follows(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Tried before: 500 for the whole page, and nobody got up to it."""
    (tmp_path / "token").write_text(TOKEN)
    async with running(database(SOURCE).app_url) as log:
        await append(log, 4)
        envelopes = await envelopes_of(log, all_but_the_third)
        async with (
            serving_feed(SOURCE, log, envelopes) as url,
            FeedClient(url, FileToken(tmp_path / "token")) as feed,
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as http,
        ):
            page = await feed.read(0)
            with pytest.raises(FeedUnavailable):
                await feed.read(page.scanned_to)
            async with http.get(f"{url}/v1/events?after={page.scanned_to}") as refused:
                assert (refused.status, "Retry-After" in refused.headers) == (503, True)

    assert ([each.position for each in page.events], page.scanned_to) == ([1, 2], 2)
