"""The page on complaints: every channel of the standard, and the form for another service."""

import re

import pytest

from services.projections.page.complaint_words import WORDS as COMPLAINT_WORDS
from services.projections.page.words import WORDS
from shared.web.page.words import SHELL
from testbed.http import Answer, Client
from testbed.surface import standard
from tests.support.pages.complaint_site import complaint_page
from tests.support.pages.markup import Markup

TAKES = "http://complaints.test:8002"


@pytest.fixture
def client() -> Client:
    return Client(complaint_page(TAKES))


async def page(client: Client, path: str = "/pengaduan") -> Answer:
    return await client.get(path, headers={"accept": "text/html"})


async def test_every_channel_of_the_standard_is_there_and_leads_where_it_can(
    client: Client,
) -> None:
    shown = Markup((await page(client)).text)

    assert [
        each.name.id for each in standard().channels.values() if each.name.id in shown.text
    ] == [each.name.id for each in standard().channels.values()]
    assert {
        "https://wa.me/6289699305225",
        "tel:05618173627",
        "mailto:diskominfo@kalbarprov.go.id",
        "https://www.lapor.go.id",
        "#form",
    } <= set(shown.links())


@pytest.mark.parametrize(
    ("path", "sends_to", "follow"),
    [
        ("/pengaduan", "/pengaduan/formulir", "/pengaduan/ikuti"),
        ("/en/complaint", "/en/complaint/form", "/en/complaint/follow"),
    ],
)
async def test_the_form_is_sent_to_the_service_that_takes_complaints(
    client: Client, path: str, sends_to: str, follow: str
) -> None:
    answer = await page(client, path)
    shown = Markup(answer.text)

    (form,) = shown.all("form")
    assert (form["method"], form["action"]) == ("post", TAKES + sends_to)
    assert TAKES + follow in shown.links()
    assert f"form-action 'self' {TAKES};" in answer.headers["content-security-policy"]


async def test_every_reader_gets_a_form_of_their_own_that_says_where_it_comes_from(
    client: Client,
) -> None:
    first, second = await page(client), await page(client)

    assert first.headers["cache-control"] == "no-store"
    assert first.headers["referrer-policy"] == "strict-origin"
    assert key_of(first) != key_of(second)


@pytest.mark.parametrize(
    ("path", "said", "way_on"),
    [
        ("/pengaduan?fbclid=x", "fbclid: Bagian ini tidak dikenal", "/pengaduan"),
        ("/en/complaint?as_of=2026-11-01", "as_of: This field is not known", "/en/complaint"),
        ("/pengaduan?x=1&x=2", "x: Hanya boleh disebut satu kali.", "/pengaduan"),
    ],
)
async def test_a_parameter_is_refused_with_the_way_to_the_form(
    client: Client, path: str, said: str, way_on: str
) -> None:
    answer = await page(client, path)

    shown = Markup(answer.text)
    assert answer.status == 422
    assert said in shown.text
    assert way_on in shown.links()


def key_of(answer: Answer) -> str:
    (key,) = re.findall(r'name="key" value="([^"]{16,})"', answer.text)
    return str(key)


async def test_the_other_language_is_one_press_away(client: Client) -> None:
    indonesian, english = await page(client), await page(client, "/en/complaint")

    assert "/en/complaint" in Markup(indonesian.text).links()
    assert "/pengaduan" in Markup(english.text).links()
    assert "Identitas pelapor" in Markup(indonesian.text).text
    assert "How we may know you" in Markup(english.text).text


def test_no_word_of_this_page_takes_the_place_of_another() -> None:
    others = {**SHELL, **WORDS}

    assert {k for k, text in COMPLAINT_WORDS.items() if others.get(k, text) != text} == set()
