"""A reader who fills in the forms of the complainant's pages, without a browser."""

from collections.abc import Mapping
from itertools import count
from urllib.parse import urlencode

from testbed.eventually import eventually
from testbed.http import Answer, Client
from tests.support.pages.markup import Attributes, Markup

FORM, ENGLISH_FORM = "/pengaduan/formulir", "/en/complaint/form"
FOLLOW, ENGLISH_FOLLOW = "/pengaduan/ikuti", "/en/complaint/follow"

BROWSER: Mapping[str, str] = {
    "accept": "text/html,application/xhtml+xml",
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
    "origin": "https://janji.test",
}

PEOPLE = count()
SECONDS_MAX = 20.0

COMPLAINT: Mapping[str, str] = {
    "key": "a-key-of-a-form",
    "subject": "Surat belum dijawab",
    "text": "Sudah seminggu\r\nkami menunggu.",
    "complainant": "named",
    "name": "Budi Hartono",
    "phone": "+628125550100",
}


async def post(
    client: Client,
    path: str,
    fields: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a form as a browser does, each time another person's.

    A header that is given as "" is left out.
    """
    given = {**BROWSER, "x-forwarded-for": f"198.51.100.{next(PEOPLE) % 256}", **(headers or {})}
    said = {name: value for name, value in given.items() if value}
    return await client.send("POST", path, urlencode(fields).encode(), headers=said)


async def sent_until_stored(
    client: Client,
    path: str,
    form: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Press the button again and again, as the page says."""
    answers: list[Answer] = []

    async def stored() -> bool:
        answers.append(await post(client, path, form, headers=headers))
        return answers[-1].status < 300

    await eventually(stored, seconds=SECONDS_MAX)
    return answers[-1]


async def see(client: Client, path: str) -> Answer:
    return await client.get(path, headers={"accept": "text/html"})


def fields(answer: Answer) -> dict[str, str]:
    """The hidden fields of a page, by name; of two with one name the last."""
    return {str(each["name"]): str(each["value"]) for each in hidden(answer)}


def hidden(answer: Answer) -> list[Attributes]:
    return [each for each in Markup(answer.text).all("input") if each.get("type") == "hidden"]


def held(answer: Answer) -> dict[str, str]:
    """Number and secret, as a page carries them along."""
    return {name: fields(answer)[name] for name in ("number", "secret")}


def values(answer: Answer) -> dict[str, str]:
    """What the fields of a page hold, by name; of choices the one that is chosen."""
    return _Values(answer.text).found


class _Values(Markup):
    def __init__(self, page: str) -> None:
        self.found: dict[str, str] = {}
        self._area: str | None = None
        super().__init__(page)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_startendtag(tag, attrs)
        field = dict(attrs)
        if tag == "textarea":
            self._area = str(field["name"])
            self.found[self._area] = ""
        elif tag == "input" and (field.get("type") != "radio" or "checked" in field):
            self.found[str(field["name"])] = field.get("value") or ""

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._area is not None:
            self.found[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        self._area = None
