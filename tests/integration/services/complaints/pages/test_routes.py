"""All complainant's pages: no caching, no leak of the secret, no cross-site post, a rate limit."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.http import Answer, Client
from tests.support.cases.complaints_service import complaints_service, in_status
from tests.support.pages.forms import (
    COMPLAINT,
    ENGLISH_FOLLOW,
    ENGLISH_FORM,
    FOLLOW,
    FORM,
    fields,
    held,
    post,
    see,
    sent_until_stored,
    values,
)
from tests.support.pages.markup import Markup

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITTEN = ("Budi Hartono", "+628125550100", "Surat belum dijawab", "Surat nomor 7")


async def every_page(client: Client) -> list[Answer]:
    """Each of them at least once, good and bad."""
    receipt = await post(client, FORM, {**COMPLAINT, "key": "a-key-that-is-every"})
    complaint = await in_status(client, "waiting")
    own = {"number": complaint["number"], "secret": complaint["tracking_secret"]}
    clarify = {**own, "act": "clarify", "answer": "Surat nomor 7"}
    return [
        receipt,
        await see(client, FORM),
        await see(client, ENGLISH_FOLLOW),
        await post(client, ENGLISH_FORM, {}),
        await post(client, FOLLOW, {**own, "secret": "a" * 32}),
        await post(client, FOLLOW, held(receipt)),
        await post(client, FOLLOW, {**own, "act": "clarify"}),
        await post(client, FOLLOW, clarify),
        await post(client, FOLLOW, {**own, "act": "receipt"}),
        await post(client, FOLLOW, own, headers={"sec-fetch-site": "cross-site"}),
    ]


async def test_no_page_is_kept_and_none_tells_another_site_where_its_reader_comes_from(
    client: Client,
) -> None:
    answers = await every_page(client)

    assert {each.headers["cache-control"] for each in answers} == {"no-store"}
    assert {each.headers["referrer-policy"] for each in answers} == {"same-origin"}
    assert not any("set-cookie" in each.headers or "etag" in each.headers for each in answers)


async def test_no_address_on_a_page_holds_a_number_or_a_secret(client: Client) -> None:
    receipt, *answers = await every_page(client)
    own = held(receipt)

    pages = [Markup(each.text) for each in (receipt, *answers)]

    actions = [str(each["action"]) for page in pages for each in page.all("form")]
    addresses = " ".join([*actions, *(link for page in pages for link in page.links())])
    assert FOLLOW in addresses
    assert own["number"] not in addresses
    assert own["secret"] not in addresses
    assert {str(each["method"]) for page in pages for each in page.all("form")} == {"post"}


async def test_every_id_on_a_page_is_there_once(client: Client) -> None:
    for_each = [Markup(each.text).ids() for each in await every_page(client)]

    assert [sorted(ids) for ids in for_each] == [sorted(set(ids)) for ids in for_each]


async def test_no_line_of_the_log_holds_what_was_typed_or_from_where(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt, *_ = await every_page(client)

    lines = "".join(capsys.readouterr())

    assert f"route={FOLLOW}" in lines
    assert not [each for each in (*WRITTEN, *held(receipt).values()) if each in lines]
    assert "198.51.100." not in lines.replace("198.51.100.0/24", "the network")
    assert "127.0.0.1" not in lines


@pytest.mark.parametrize("path", [FORM, ENGLISH_FORM])
async def test_flood_of_forms_from_one_address_waits_and_loses_nothing(
    client: Client, path: str
) -> None:
    here = {"x-forwarded-for": f"203.0.113.{len(path)}"}
    for _ in range(20):
        await post(client, path, {}, headers=here)

    answer = await post(client, path, {**COMPLAINT, "key": "a-key-that-is-held-up"}, headers=here)
    elsewhere = await post(client, path, {**COMPLAINT, "key": path})

    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert values(answer)["text"] == "Sudah seminggu\nkami menunggu."
    assert fields(answer)["key"] == "a-key-that-is-held-up"
    assert elsewhere.status == 201


async def test_guessing_is_held_up_and_an_act_by_the_holder_is_not_lost(client: Client) -> None:
    here = {"x-forwarded-for": "203.0.113.99"}
    complaint = await in_status(client, "waiting")
    own = {"number": complaint["number"], "secret": complaint["tracking_secret"]}
    await used_up(client, own, here)

    guess = await post(client, FOLLOW, {**own, "secret": "b" * 32}, headers=here)
    act = await post(
        client, FOLLOW, {**own, "act": "clarify", "answer": "Surat nomor 7"}, headers=here
    )
    done = await sent_until_stored(client, FOLLOW, values(act), headers=here)

    assert (guess.status, act.status) == (429, 429)
    assert "retry-after" in guess.headers
    assert values(act)["answer"] == "Surat nomor 7"
    assert "Jawaban Anda kami terima." in Markup(done.text).text


@pytest.mark.parametrize("act", ["", "receipt", "reopen", "nonsense"])
async def test_limited_caller_learns_nothing_and_no_body_is_read(
    database: Callable[[str], Database], tmp_path: Path, act: str
) -> None:
    made = database("complaints")
    here = {"x-forwarded-for": "203.0.113.7"}
    async with complaints_service(made, tmp_path) as client:
        complaint = await in_status(client, "resolved")
        own = {"number": complaint["number"], "secret": complaint["tracking_secret"]}
        await used_up(client, own, here)
        before = await readings(made)

        answer = await post(client, FOLLOW, {**own, "act": act}, headers=here)
        guess = {**own, "act": act, "secret": "b" * 32}
        guessed = await post(client, FOLLOW, guess, headers=here)

        assert (answer.status, guessed.status) == (429, 429)
        assert complaint["subject"] not in answer.text
        assert values(answer).keys() == values(guessed).keys()
        assert await readings(made) == before


async def used_up(client: Client, own: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Guess as often as one address may at once."""
    for _ in range(60):
        await post(client, FOLLOW, {**own, "secret": "a" * 32}, headers=headers)


async def readings(database: Database) -> int:
    """How often somebody saw personal data."""
    async with connected(database.owner_url) as connection:
        count: int = await connection.fetchval("select count(*) from personal_data_readings")
        return count
