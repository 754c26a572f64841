"""A complaint by the form: errors are shown at their fields, a valid form gives a receipt."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from testbed.http import Answer, Client
from tests.support.cases.complaints_service import SUPERVISOR, head, published
from tests.support.pages.forms import (
    BROWSER,
    COMPLAINT,
    ENGLISH_FORM,
    FORM,
    fields,
    held,
    post,
    see,
    values,
)
from tests.support.pages.markup import Markup

FIELDS = ("#subject", "#text", "#phone", "#email")
pytestmark = pytest.mark.asyncio(loop_scope="module")


def words(answer: Answer) -> str:
    return Markup(answer.text).text


def form(**changes: str) -> dict[str, str]:
    """The usual form with a key of its own, but for these changes."""
    return {**COMPLAINT, "key": changes.pop("key", ""), **changes}


@pytest.mark.parametrize(
    ("path", "other", "says"),
    [
        (FORM, ENGLISH_FORM, "Identitas pelapor"),
        (ENGLISH_FORM, FORM, "How we may know you"),
    ],
)
async def test_the_empty_form_is_there_in_both_languages(
    client: Client, path: str, other: str, says: str
) -> None:
    answer = await see(client, path)

    assert answer.status == 200
    assert says in words(answer)
    assert other in Markup(answer.text).links()
    assert fields(answer)["key"] != fields(await see(client, path))["key"]


async def test_a_complaint_ends_with_number_secret_and_due_date(client: Client) -> None:
    answer = await post(client, FORM, form())

    assert answer.status == 201
    assert "Pengaduan Anda kami terima" in words(answer)
    assert "Kami akan menjawab paling lambat Selasa, 1 Desember 2026 ." in words(answer)
    assert held(answer)["number"] in words(answer)
    assert held(answer)["secret"] in "".join(Markup(answer.text).words)


async def test_the_receipt_opens_the_case_to_its_holder(client: Client) -> None:
    receipt = held(await post(client, FORM, form()))

    own = await client.get(f"/v1/public/complaints/{receipt['number']}", token=receipt["secret"])

    assert own.status == 200
    assert own.json["channel"] == "janji"
    assert own.json["text"] == "Sudah seminggu\nkami menunggu."


async def test_contact_of_an_anonymous_complainant_is_not_kept(client: Client) -> None:
    sent = form(complainant="anonymous", name="Budi", email="budi@example.test")
    number = held(await post(client, FORM, sent))["number"]

    complaint = await client.get(f"/v1/complaints/{number}", token=SUPERVISOR)

    assert complaint.json["complainant"] == {"kind": "anonymous", "contact": None}


async def test_the_same_form_sent_twice_is_one_complaint(client: Client) -> None:
    before = await head(client)

    first = await post(client, FORM, form(key="a-key-that-is-twice"))
    second = await post(client, ENGLISH_FORM, form(key="a-key-that-is-twice"))

    assert (first.status, second.status) == (201, 201)
    assert held(first) == held(second)
    assert await head(client) == before + 1


async def test_the_same_form_with_other_words_is_asked_about(client: Client) -> None:
    await post(client, FORM, form(key="a-key-that-is-changed"))
    before = await head(client)

    answer = await post(client, FORM, form(key="a-key-that-is-changed", text="Hal lain"))
    again = await post(client, FORM, {**form(text="Hal lain"), **fields(answer)})

    assert answer.status == 422
    assert "sudah pernah Anda kirim" in words(answer)
    assert values(answer)["text"] == "Hal lain"
    assert again.status == 201
    assert await head(client) == before + 1


async def test_typed_text_is_kept_and_faults_are_named_twice(client: Client) -> None:
    before = await head(client)

    answer = await post(client, FORM, form(subject="", complainant="confidential", name="Siti"))

    page = Markup(answer.text)
    assert answer.status == 422
    assert "#subject" in page.links()
    assert "Perihal pengaduan: Wajib diisi." in page.text
    assert {"id": "subject-wrong", "class": "govuk-error-message"} in page.all("p")
    assert values(answer)["name"] == "Siti"
    assert values(answer)["complainant"] == "confidential"
    assert values(answer)["text"] == "Sudah seminggu\nkami menunggu."
    assert "<title>Perlu diperbaiki: " in answer.text
    assert await head(client) == before


async def test_all_that_is_wrong_is_named_at_once(client: Client) -> None:
    before = await head(client)

    answer = await post(client, FORM, form(subject="", text="", phone="12345", email="budi"))

    links = [link for link in Markup(answer.text).links() if link.startswith("#")]
    assert answer.status == 422
    assert [each for each in links if each in FIELDS] == list(FIELDS)
    assert await head(client) == before


async def test_a_contact_that_leads_nowhere_is_named_at_its_field(client: Client) -> None:
    before = await head(client)

    wrong = await post(client, FORM, form(phone="12345"))
    none = await post(client, ENGLISH_FORM, form(phone=""))

    assert (wrong.status, none.status) == (422, 422)
    assert {"id": "phone-wrong", "class": "govuk-error-message"} in Markup(wrong.text).all("p")
    assert "or choose “Anonymous”" in words(none)
    assert values(wrong)["phone"] == "12345"
    assert await head(client) == before


async def test_typed_text_goes_along_into_the_other_language(client: Client) -> None:
    before = await head(client)
    refused = await post(client, FORM, form(subject="", key="a-key-that-is-kept", name="Siti"))
    buttons = [each for each in Markup(refused.text).all("button") if "formaction" in each]

    assert [(each["form"], each["formaction"]) for each in buttons] == [("complaint", ENGLISH_FORM)]
    typed = {**values(refused), **fields(refused), str(buttons[0]["name"]): "yes"}
    english = await post(client, ENGLISH_FORM, typed)

    assert english.status == 200
    assert "<title>Send a complaint – " in english.text
    assert values(english) == values(refused)
    assert fields(english)["key"] == "a-key-that-is-kept"
    assert await head(client) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"text": "a\0b"}, "text", id="NUL"),
        pytest.param({"text": "a" * 10_001}, "text", id="too long"),
        pytest.param({"subject": "🙂" * 201}, "subject", id="too long in another script"),
        pytest.param({"about_request": "PRM-0000-0000-9"}, "about_request", id="mistyped"),
        pytest.param({"complainant": "king"}, "complainant", id="no such choice"),
    ],
)
@pytest.mark.parametrize("path", [FORM, ENGLISH_FORM])
async def test_nonsense_is_named_and_nothing_of_it_is_stored(
    client: Client, path: str, changes: Mapping[str, str], field: str
) -> None:
    before = await head(client)

    answer = await post(client, path, form(**changes))

    assert answer.status == 422
    assert f"#{field}" in Markup(answer.text).links()
    assert await head(client) == before


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        pytest.param(b"", "application/x-www-form-urlencoded", 422, id="nothing"),
        pytest.param(b"text=%ff%fe", "application/x-www-form-urlencoded", 400, id="not UTF-8"),
        pytest.param(b"\xff\xfe", "application/x-www-form-urlencoded", 400, id="not text"),
        pytest.param(b"a=1&" * 60, "application/x-www-form-urlencoded", 400, id="many fields"),
        pytest.param(b"a" * 1_048_577, "application/x-www-form-urlencoded", 413, id="too large"),
        pytest.param(b"{}", "application/json", 415, id="JSON"),
        pytest.param(b"--x", "multipart/form-data; boundary=x", 415, id="another kind of form"),
        pytest.param(b"a", "", 415, id="no kind at all"),
    ],
)
@pytest.mark.parametrize("path", [FORM, "/pengaduan/ikuti"])
async def test_body_that_is_no_form_gets_a_page_with_the_form(
    client: Client, path: str, body: bytes, media_type: str, status: int
) -> None:
    headers = {**BROWSER, "content-type": media_type}

    answer = await client.send("POST", path, body, headers=headers)

    assert answer.status == status
    assert "Ada yang perlu diperbaiki" in words(answer)
    assert any(each["method"] == "post" for each in Markup(answer.text).all("form"))


async def test_markup_that_somebody_typed_stays_text(client: Client) -> None:
    typed = "</textarea><script>alert(1)</script>"

    wrong = await post(client, FORM, form(text=typed, subject='"><b>', complainant=""))

    assert "<script>" not in wrong.text
    assert "<b>" not in wrong.text
    assert values(wrong)["text"] == typed


async def test_a_post_from_another_site_is_shown_again_and_not_stored(client: Client) -> None:
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    before = await head(client)

    answer = await post(client, FORM, form(), headers=foreign)
    again = await post(client, FORM, {**form(), **fields(answer)})

    assert answer.status == 403
    assert "dikirim dari situs lain" in words(answer)
    assert values(answer)["subject"] == "Surat belum dijawab"
    assert again.status == 201
    assert await head(client) == before + 1


async def test_another_site_cannot_fetch_the_receipt_by_the_key_that_it_wrote(
    client: Client,
) -> None:
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    planted = form(key="a-key-that-is-strangers")

    answer = await post(client, FORM, planted, headers=foreign)
    receipt = await post(client, FORM, {**planted, **fields(answer)})
    stranger = await post(client, FORM, planted)

    assert fields(answer)["key"] != "a-key-that-is-strangers"
    assert (receipt.status, stranger.status) == (201, 201)
    assert held(stranger)["number"] != held(receipt)["number"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param("https://janji.test", 201, id="our own page"),
        pytest.param("null", 403, id="a page that hides where it is"),
        pytest.param("https://evil.example", 403, id="another site"),
    ],
)
async def test_a_browser_that_says_no_more_is_believed_by_its_origin(
    client: Client, origin: str, status: int
) -> None:
    shown = await see(client, FORM)
    old = {"sec-fetch-site": "", "origin": origin}

    answer = await post(client, FORM, {**form(), **fields(shown)}, headers=old)

    assert answer.status == status


async def test_a_program_that_fills_in_everything_is_asked_to_think_again(client: Client) -> None:
    before = await head(client)

    answer = await post(client, FORM, form(website="https://buy.example"))

    assert answer.status == 422
    assert "program" in words(answer)
    assert "buy.example" not in answer.text
    assert await head(client) == before


async def test_typed_text_reaches_no_other_caller(client: Client) -> None:
    before = await head(client)

    await post(client, FORM, form(name="Budi Hartono", phone="+628125550100"))

    feed = await published(client, before)
    assert "complaints.received" in feed
    assert "Budi" not in feed
    assert urlencode({"": "+628125550100"}) not in feed
