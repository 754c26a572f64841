"""Makes the HTML pages of a service from its templates and the shell's.

A template extends `base.html`, fills its `main` block, and writes `{{ word("…") }}` for words,
`{{ text | say }}` for a Text, `{{ value | number }}`, `| working_days`, `| day`, `| weekday`,
`| instant` for figures; all of them speak the page's language.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, Request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from shared.text import Text
from shared.web.encodings import best_encoding, coding_headers, compressed_variants
from shared.web.language import OTHER, Language, say
from shared.web.page import formatting
from shared.web.page.html import TEMPLATES, html_templates
from shared.web.page.words import SHELL, Words

BACKTICKS = re.compile(r"`([^`]+)`")
HERE = Path(__file__).parent
GOVUK = HERE / "govuk.css"
LOOKS = [HERE / name for name in ("janji.css", "wall_calendar.css")]
FOR_EVER = "public, max-age=31536000, immutable"  # the name changes with the content


@dataclass(frozen=True, slots=True)
class Page:
    """The shell's data of a page. `other` is its address in the other language."""

    language: Language
    title: str
    other: str | None = None
    description: str | None = None

    @property
    def other_language(self) -> Language:
        return OTHER[self.language]


class PublishingOffice(Protocol):
    """The office that publishes the pages: its name in their head, its address in their foot."""

    @property
    def name(self) -> Text: ...
    @property
    def government(self) -> Text: ...
    @property
    def address(self) -> Text: ...
    @property
    def phone(self) -> str: ...
    @property
    def website(self) -> str: ...


class Shell:
    """`decree` is that of the service standard, `service` the name in the head of each page.

    `folders`, `styles` and `words` are the service's own.
    `components` are more of GOV.UK Frontend's; `form_targets` other origins that its forms post to;
    `home` is the server of the public's first page, "" for this one, None where the public isn't.
    """

    def __init__(
        self,
        office: PublishingOffice,
        *,
        decree: str,
        service: Text,
        folders: Sequence[Path] = (),
        components: Sequence[Path] = (),
        styles: Sequence[Path] = (),
        words: Words | None = None,
        form_targets: Sequence[str] = (),
        home: str | None = None,
    ) -> None:
        self.form_targets = form_targets
        self._words = {**SHELL, **(words or {})}
        looks = (GOVUK, *components, *LOOKS, *styles)
        self._style = b"\n".join(path.read_bytes() for path in looks)
        self._style_path = f"/static/janji-{hashlib.sha256(self._style).hexdigest()[:12]}.css"
        self._templates = html_templates([*folders, TEMPLATES])
        self._templates.filters |= {"code": with_code, **_figures()}
        self._templates.globals |= {
            "word": self._word,
            "words": self._words,
            "office": office,
            "decree": decree,
            "service": service,
            "style": self._style_path,
            "demonstration": False,
            "home": home,
        }

    def mark_as_demonstration(self, is_one: bool) -> None:
        """Make every page say that its data are invented, or not."""
        self._templates.globals["demonstration"] = is_one

    def answer(
        self,
        template: str,
        page: Page,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(page=page, **values)
        return HTMLResponse(
            html, status, headers={"Content-Language": page.language, **(headers or {})}
        )

    def router(self) -> APIRouter:
        """The stylesheet. Its name holds a hash of its content: it may be cached for ever."""
        router = APIRouter()

        variants = compressed_variants(self._style)

        @router.get(self._style_path, include_in_schema=False)
        async def stylesheet(request: Request) -> Response:
            coding = best_encoding(
                variants, request.headers.get("accept-encoding", "").encode("latin-1")
            )
            headers = {"Cache-Control": FOR_EVER, **coding_headers(coding)}
            return Response(variants[coding], media_type="text/css", headers=headers)

        return router

    @pass_context
    def _word(self, context: Context, key: str, **values: object) -> str:
        return say(self._words[key], context["page"].language).format_map(values)


def with_code(text: str) -> Markup:
    """Text between `backticks` becomes code."""
    return Markup(BACKTICKS.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before


def _figures() -> Mapping[str, Callable[..., str]]:
    days = (formatting.day, formatting.weekday, formatting.time, formatting.instant)
    months = (formatting.month, formatting.month_short, formatting.month_letter)
    spoken = (say, formatting.number, formatting.working_days, *days, *months)
    return {each.__name__: _in_language(each) for each in spoken}


def _in_language(write: Callable[[Any, Language], str]) -> Callable[..., str]:
    @pass_context
    def in_language(context: Context, value: Any) -> str:
        return write(value, context["page"].language)

    return in_language
