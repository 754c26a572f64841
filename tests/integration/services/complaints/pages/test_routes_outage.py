"""The log is down while a form is sent: typed values are kept, and nothing is stored twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from testbed.databases import Database
from testbed.proxy import Proxy
from tests.support.cases.complaints_service import complaints_service, head, in_status
from tests.support.pages.forms import (
    COMPLAINT,
    FOLLOW,
    FORM,
    fields,
    post,
    sent_until_stored,
    values,
)
from tests.support.pages.markup import Markup


async def test_a_complaint_that_could_not_be_stored_is_sent_again_once(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    here = database("complaints")
    parts = urlsplit(here.app_url)
    async with Proxy(str(parts.hostname), parts.port or 5432) as proxy:
        through = replace(here, app_url=proxy.url(here.app_url))
        async with complaints_service(through, tmp_path) as client:
            await proxy.refuse()
            away = await post(client, FORM, {**COMPLAINT, "key": "a-key-that-is-while-away"})
            proxy.heal()
            stored = await sent_until_stored(client, FORM, {**COMPLAINT, **fields(away)})
            again = await post(client, FORM, {**COMPLAINT, **fields(away)})

            assert away.status == 503
            assert values(away)["text"] == "Sudah seminggu\nkami menunggu."
            assert int(away.headers["retry-after"]) > 0
            assert fields(away)["key"] == "a-key-that-is-while-away"
            assert fields(stored)["number"] == fields(again)["number"]
            assert await head(client) == 1


async def test_an_act_that_could_not_be_stored_gives_back_what_was_typed(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    here = database("complaints")
    parts = urlsplit(here.app_url)
    async with Proxy(str(parts.hostname), parts.port or 5432) as proxy:
        through = replace(here, app_url=proxy.url(here.app_url))
        async with complaints_service(through, tmp_path) as client:
            complaint = await in_status(client, "waiting")
            own = {"number": complaint["number"], "secret": complaint["tracking_secret"]}
            await proxy.refuse()

            away = await post(client, FOLLOW, {**own, "act": "clarify", "answer": "Surat 7"})
            proxy.heal()
            stored = await sent_until_stored(client, FOLLOW, values(away))

            assert away.status == 503
            assert values(away)["answer"] == "Surat 7"
            assert int(away.headers["retry-after"]) > 0
            assert "Surat 7" in Markup(stored.text).text
