"""A complainant follows a complaint by its pages: reads, answers, reopens, closes, rates."""

import pytest

from testbed.http import Answer, Client
from tests.support.cases.complaints_service import PUBLIC_COMPLAINT, give, head, in_status
from tests.support.pages.forms import ENGLISH_FOLLOW, FOLLOW, fields, held, post, see, values
from tests.support.pages.markup import Markup

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUBJECT = str(PUBLIC_COMPLAINT["subject"])


async def receipt(client: Client, status: str) -> dict[str, str]:
    """Number and secret of a new complaint that stands so."""
    complaint = await in_status(client, status)
    return {"number": complaint["number"], "secret": complaint["tracking_secret"]}


def words(answer: Answer) -> str:
    return Markup(answer.text).text


def acts(answer: Answer) -> list[str]:
    """What the page offers to do, in its order."""
    inputs = Markup(answer.text).all("input")
    return [str(each["value"]) for each in inputs if each.get("name") == "act"]


async def test_number_and_secret_are_asked_for_in_both_languages(client: Client) -> None:
    indonesian, english = await see(client, FOLLOW), await see(client, ENGLISH_FOLLOW)

    assert "Lacak pengaduan Anda" in words(indonesian)
    assert "Follow your complaint" in words(english)
    assert ENGLISH_FOLLOW in Markup(indonesian.text).links()
    assert FOLLOW in Markup(english.text).links()


async def test_holder_sees_whose_turn_it_is_what_happened_and_the_calendar(
    client: Client,
) -> None:
    answer = await post(client, FOLLOW, await receipt(client, "in_progress"))

    assert answer.status == 200
    assert "Kami akan menjawab paling lambat Selasa, 1 Desember 2026 ." in words(answer)
    assert "Kami menetapkan kategorinya: Pengaduan ringan" in words(answer)
    assert "batas waktu" in words(answer)
    assert SUBJECT in words(answer)
    assert acts(answer) == []


async def test_number_and_secret_may_be_pasted_as_they_come(client: Client) -> None:
    own = await receipt(client, "in_progress")
    pasted = {
        "number": f"\u2068{own['number'].replace('-', chr(0x2013)).lower()}\u2069.",
        "secret": "\u00a0\u200b".join((own["secret"][:16].upper(), own["secret"][16:])) + ",",
    }

    answer = await post(client, FOLLOW, pasted)

    assert (answer.status, held(answer)) == (200, own)


async def test_invisible_characters_do_not_fill_a_field(client: Client) -> None:
    answer = await post(client, FOLLOW, {"number": "\u200b", "secret": "\u00a0\u2060"})

    assert answer.status == 422
    assert {"#number", "#secret"} <= set(Markup(answer.text).links())


async def test_story_is_told_in_english_too(client: Client) -> None:
    answer = await post(client, ENGLISH_FOLLOW, await receipt(client, "in_progress"))

    assert "We will answer no later than Tuesday, 1 December 2026 ." in words(answer)
    assert "An officer is handling it." in words(answer)


async def test_the_other_language_is_a_post_that_keeps_the_place(client: Client) -> None:
    own = await receipt(client, "waiting")

    page = await post(client, FOLLOW, own)

    switch = Markup(page.text).all("form")[0]
    assert switch["action"] == ENGLISH_FOLLOW
    assert held(page) == own


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("received", []),
        ("waiting", ["clarify"]),
        ("resolved", ["reopen", "rate", "close"]),
        ("closed", ["rate"]),
    ],
)
async def test_possible_acts_are_offered(client: Client, status: str, offered: list[str]) -> None:
    assert acts(await post(client, FOLLOW, await receipt(client, status))) == offered


@pytest.mark.parametrize(
    ("status", "act", "typed", "says"),
    [
        ("waiting", "clarify", {"answer": "Surat nomor 7"}, "We have received your answer."),
        ("resolved", "reopen", {"reason": "Belum selesai"}, "This complaint is open again."),
        ("resolved", "close", {}, "You said that it is finished."),
        ("resolved", "rate", {"score": "4", "remark": "Lama"}, "We have received your rating."),
        ("closed", "rate", {"score": "5"}, "We have received your rating."),
    ],
)
async def test_an_act_is_carried_out_once_and_then_shown(
    client: Client, status: str, act: str, typed: dict[str, str], says: str
) -> None:
    own = await receipt(client, status)
    page = await post(client, ENGLISH_FOLLOW, own)
    before = await head(client)
    sent = {**fields(page), **typed, "act": act}

    first = await post(client, ENGLISH_FOLLOW, sent)
    second = await post(client, ENGLISH_FOLLOW, sent)

    assert (first.status, second.status) == (200, 200)
    assert says in words(first)
    assert all(value in words(first) for value in typed.values())
    assert act not in acts(first)
    assert await head(client) == before + 1


@pytest.mark.parametrize(
    ("status", "act", "typed", "field"),
    [
        ("waiting", "clarify", {"answer": " "}, "answer"),
        ("waiting", "clarify", {"answer": "a\0b"}, "answer"),
        ("resolved", "reopen", {}, "reason"),
        ("resolved", "rate", {"score": "6", "remark": "Cukup"}, "score"),
        ("resolved", "rate", {"score": "4", "remark": "a" * 10_001}, "remark"),
    ],
)
async def test_fault_is_named_and_the_typed_text_is_kept(
    client: Client, status: str, act: str, typed: dict[str, str], field: str
) -> None:
    own = await receipt(client, status)
    before = await head(client)

    answer = await post(client, FOLLOW, {**own, **typed, "act": act})

    assert answer.status == 422
    assert f"#{field}" in Markup(answer.text).links()
    assert all(values(answer).get(name) == value for name, value in typed.items() if value != "6")
    assert await head(client) == before


async def test_impossible_act_is_explained_and_the_page_goes_on(client: Client) -> None:
    own = await receipt(client, "waiting")
    await give(client, own["number"], "resume")

    late = await post(client, FOLLOW, {**own, "act": "clarify", "answer": "Surat 7"})

    assert late.status == 409
    assert "tidak dapat dilakukan" in words(late)
    assert "Kami melanjutkan penanganan tanpa menunggu jawaban Anda." in words(late)


async def test_a_second_rating_is_refused(client: Client) -> None:
    own = await receipt(client, "closed")
    await post(client, FOLLOW, {**own, "act": "rate", "score": "1"})

    second = await post(client, FOLLOW, {**own, "act": "rate", "score": "5"})

    assert second.status == 409
    assert "penilaian hanya sekali" in words(second)


async def test_an_unknown_act_does_nothing(client: Client) -> None:
    own = await receipt(client, "resolved")
    before = await head(client)

    answer = await post(client, FOLLOW, {**own, "act": "assign"})

    assert answer.status == 422
    assert "tidak kami kenal" in words(answer)
    assert await head(client) == before


async def test_a_wrong_secret_and_an_unknown_number_get_the_same_page(client: Client) -> None:
    own = await receipt(client, "received")
    unknown = {"number": "ADU-0000-0000-0", "secret": own["secret"]}
    wrong = {"number": own["number"], "secret": "a" * 32}

    first, second = await post(client, FOLLOW, unknown), await post(client, FOLLOW, wrong)

    assert (first.status, second.status) == (404, 404)
    assert "Tidak ada pengaduan dengan nomor dan kode rahasia ini" in words(first)
    assert words(first) == words(second)
    assert SUBJECT not in second.text


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        pytest.param({}, 422, "number", id="nothing"),
        pytest.param({"number": "ADU-0000-0000-1"}, 422, "secret", id="no secret"),
        pytest.param({"number": "ADU-0000-0000-1", "secret": "a"}, 404, "number", id="mistyped"),
        pytest.param({"number": "12345", "secret": "a"}, 404, "number", id="no number"),
        pytest.param({"number": "PRM-0000-0000-0", "secret": "a"}, 404, "number", id="a request's"),
        pytest.param({"number": "ADU\0", "secret": "a\0"}, 404, "number", id="NUL"),
        pytest.param({"number": "A" * 90_000, "secret": "é" * 9_000}, 404, "number", id="too long"),
    ],
)
async def test_nonsense_is_named_at_its_field(
    client: Client, typed: dict[str, str], status: int, field: str
) -> None:
    answer = await post(client, FOLLOW, typed)

    assert answer.status == status
    assert f"#{field}" in Markup(answer.text).links()
    assert values(answer)["number"] == typed.get("number", "")


async def test_number_and_secret_are_read_as_people_type_them(client: Client) -> None:
    own = await receipt(client, "received")
    groups = [own["secret"][at : at + 4].upper() for at in range(0, 32, 4)]
    typed = {"number": own["number"].lower().replace("-", " "), "secret": " ".join(groups)}

    answer = await post(client, FOLLOW, typed)

    assert answer.status == 200
    assert held(answer) == own


async def test_another_site_may_not_act_even_with_the_secret(client: Client) -> None:
    own = await receipt(client, "waiting")
    before = await head(client)
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    sent = {**own, "act": "clarify", "answer": "Surat 7"}

    answer = await post(client, FOLLOW, sent, headers=foreign)

    assert answer.status == 403
    assert values(answer)["answer"] == "Surat 7"
    assert await head(client) == before


async def test_another_site_plants_no_act_that_its_reader_would_carry_out_by_his_secret(
    client: Client,
) -> None:
    own = await receipt(client, "resolved")
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    planted = {
        "number": own["number"],
        "secret": "a" * 32,
        "act": "close",
        "key": "a-key-that-is-strangers",
    }

    answer = await post(client, FOLLOW, planted, headers=foreign)
    opened = await post(client, FOLLOW, {**values(answer), **own})

    assert answer.status == 403
    assert "a-key-that-is-strangers" not in answer.text
    assert "close" in acts(opened)


async def test_an_act_with_a_mistyped_secret_is_kept(client: Client) -> None:
    own = await receipt(client, "waiting")
    sent = {**own, "secret": "a" * 32, "act": "clarify", "answer": "Surat 7"}

    wrong = await post(client, FOLLOW, sent)
    right = await post(client, FOLLOW, {**values(wrong), **own})

    assert wrong.status == 404
    assert "Jawaban Anda kami terima." in words(right)


async def test_the_holder_sees_the_receipt_again_in_his_language(client: Client) -> None:
    own = await receipt(client, "received")

    answer = await post(client, ENGLISH_FOLLOW, {**own, "act": "receipt"})

    assert answer.status == 200
    assert "We have received your complaint" in words(answer)
    assert held(answer) == own


async def test_erased_complaint_shows_only_the_facts(client: Client) -> None:
    own = await receipt(client, "resolved")
    await give(client, own["number"], "erase-personal-data")

    answer = await post(client, FOLLOW, own)

    assert answer.status == 200
    assert "Isi pengaduan sudah dihapus." in words(answer)
    assert SUBJECT not in answer.text
