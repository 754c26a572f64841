"""The shell of every page: one style, two languages, nothing unescaped."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.text import Text
from shared.web.language import Language
from shared.web.page.shell import HERE, Page, Shell, with_code
from testbed.surface import office_shell, surface

TEMPLATE = """{% extends "base.html" %}{% block main %}
<h1>{{ word("greeting", name=name) }}</h1><p>{{ on | weekday }} {{ 1234 | number }}</p>
<p>{{ text | say }}</p>{% endblock %}"""
WORDS = {"greeting": Text(id="Selamat pagi, {name}", en="Good morning, {name}")}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "greeting.html").write_text(TEMPLATE)
    return office_shell(folders=[tmp_path], words=WORDS)


def page(shell: Shell, language: Language, name: str = "Siti") -> str:
    answer = shell.answer(
        "greeting.html",
        Page(language, "Salam", other="/en/greeting?period=2026"),
        name=name,
        on=date(2026, 11, 30),
        text=Text(id="ya", en="yes"),
    )
    return bytes(answer.body).decode()


def test_a_page_speaks_one_language_in_all_its_words(shell: Shell) -> None:
    indonesian, english = page(shell, "id"), page(shell, "en")

    assert '<html lang="id">' in indonesian
    assert "Selamat pagi, Siti" in indonesian
    assert "Senin, 30 November 2026 1.234" in indonesian
    assert '<html lang="en">' in english
    assert "Good morning, Siti" in english
    assert "Monday, 30 November 2026 1,234" in english


def test_the_switch_leads_to_the_same_page_in_the_other_language(shell: Shell) -> None:
    link = '<a href="/en/greeting?period=2026" lang="en" hreflang="en">English</a>'

    assert link in page(shell, "id")
    assert 'lang="id" hreflang="id">Bahasa Indonesia</a>' in page(shell, "en")


def test_user_text_is_never_markup(shell: Shell) -> None:
    assert "Selamat pagi, &lt;b&gt;" in page(shell, "id", name="<b>")


def test_backticks_are_code_and_all_else_is_text() -> None:
    assert with_code("see `a<b` & <c>") == "see <code>a&lt;b</code> &amp; &lt;c&gt;"


def test_a_value_that_a_template_is_not_given_is_an_error(shell: Shell) -> None:
    with pytest.raises(UndefinedError):
        shell.answer("greeting.html", Page("id", "Salam"))


def test_the_name_of_the_stylesheet_is_that_of_its_content(tmp_path: Path) -> None:
    more = tmp_path / "more.css"
    more.write_text("h1 { color: red }")

    plain, extended = office_shell(), office_shell(styles=[more])

    assert plain._style_path != extended._style_path
    assert extended._style.endswith(b"h1 { color: red }")


async def test_the_stylesheet_comes_packed_and_may_be_kept_for_ever(shell: Shell) -> None:
    client = surface(shell.router(), shell=shell)

    packed = await client.get(shell._style_path, headers={"accept-encoding": "gzip"})
    plain = await client.get(shell._style_path)

    assert gzip.decompress(packed.body) == plain.body == shell._style
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", (HERE / "janji.css").read_text(), re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([\w-]+): (#\w{6})", dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize(
    "ink",
    ["ink", "soft", "accent", "link", "visited", "on-time", "late", "overdue", "running"],
)
def test_every_text_can_be_read_on_every_ground(scheme: str, ground: str, ink: str) -> None:
    """WCAG 2.2, 1.4.3."""
    found = tokens(scheme)

    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_by_one_of_its_two_colours(scheme: str) -> None:
    """WCAG 2.2, 2.4.13 and 1.4.11."""
    found = tokens(scheme)

    seen = max(contrast(found[each], found["paper"]) for each in ("focus", "focus-edge"))
    assert seen >= 3
    assert contrast(found["focus"], found["focus-edge"]) >= 3


def test_the_words_on_a_button_can_be_read() -> None:
    assert contrast("#ffffff", tokens("dark")["band"]) >= 4.5


@pytest.mark.parametrize("name", ["govuk.css", "govuk_forms.css"])
def test_only_the_components_of_the_design_system_are_taken(name: str) -> None:
    """No picture, no crown and no font of somebody else's: nothing is loaded by it."""
    style = (HERE / name).read_text()

    assert "--govuk-frontend-version" in (HERE / "govuk.css").read_text()
    assert not re.search(r"url\(|@import|@font-face|GDS Transport|crown", style)
    assert (
        "Government Digital Service" in (HERE / "assets" / "LICENSE-govuk-frontend.txt").read_text()
    )
