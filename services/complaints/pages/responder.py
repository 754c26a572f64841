"""How the complainant's pages are rendered, and how a rejected form is shown again."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import HTMLResponse

from services.complaints.domain import Complaint
from services.complaints.pages.form_rejected import NO_FIELDS, Errors, FormFields, FormRejected
from services.complaints.pages.words import WORDS
from services.complaints.public_api import COMPLAINANT
from services.complaints.tracking import TrackingSecrets
from shared.cases.repository import CommandContext
from shared.cases.web.complaint_form import (
    COMPLAINT_PATHS,
    FORM_COMPONENTS,
    FORM_STYLE,
    FORM_WORDS,
    KEY,
    TRAP,
)
from shared.promise.standard import Standard
from shared.web.commands import (
    KEY_CHARACTERS_MAX,
    PUBLIC,
    PUBLIC_KEY_CHARACTERS_MIN,
    CommandKeys,
)
from shared.web.fields import Body
from shared.web.language import OTHER, Language, say
from shared.web.page.shell import Page, Shell
from shared.web.trace import traceparent

HERE = Path(__file__).parent
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}

PageOf = Callable[[Language, Request], Awaitable[HTMLResponse]]


def in_language(language: Language, page: PageOf) -> Callable[[Request], Awaitable[HTMLResponse]]:
    """The endpoint that answers with the page in that language."""

    async def endpoint(request: Request) -> HTMLResponse:
        return await page(language, request)

    return endpoint


def shell_of(standard: Standard, pages_url: str) -> Shell:
    """The style and the words of these pages. `pages_url` as in `PageResponder`."""
    return Shell(
        standard.office,
        decree=standard.decree,
        service=standard.title,
        folders=[HERE / "templates"],
        components=[FORM_COMPONENTS],
        styles=[FORM_STYLE, HERE / "pages.css"],
        words={**FORM_WORDS, **WORDS},
        home=pages_url,
    )


class PageResponder:
    """Renders the pages. `pages_url` is the address of the statistics, "" for the same host.

    `host` is where the reader finds these pages again, "" where that isn't known: what a request
    names may be somebody else's.
    """

    def __init__(self, shell: Shell, keys: CommandKeys, *, pages_url: str, own_url: str) -> None:
        self.host = urlsplit(own_url).netloc
        self._shell = shell
        self._keys = keys
        self._pages_url = pages_url

    def answer(
        self,
        template: str,
        language: Language,
        *,
        title: str,
        other: str | None = None,
        rejected: FormRejected | None = None,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """A page; the title of a rejected form says first that something is wrong."""
        if rejected:
            status = rejected.status
        if rejected and (rejected.notice or rejected.errors):
            title = say(FORM_WORDS["wrong_in_title"], language).format(title=title)
        return self._shell.answer(
            template,
            Page(language, title, other=other),
            status=status,
            headers={**PRIVATE, **(rejected.headers if rejected else {})},
            paths=COMPLAINT_PATHS[language],
            other_paths=COMPLAINT_PATHS[OTHER[language]],
            pages_url=self._pages_url,
            trap=TRAP,
            typed=rejected.typed if rejected else NO_FIELDS,
            errors=_localized(rejected.errors, language) if rejected else {},
            notices=[say(rejected.notice, language)] if rejected and rejected.notice else [],
            **values,
        )

    def hidden(self, rejected: FormRejected | None = None) -> dict[str, str]:
        """The hidden fields of a form. The key stays the same while the same form is repeated."""
        kept = rejected.typed.get(KEY, "") if rejected and not rejected.needs_new_key else ""
        return {KEY: kept if _is_key(kept) else token_urlsafe(16)}

    def order(self, request: Request, typed: FormFields, body: Body, *, of: str) -> CommandContext:
        """The complainant's command. `of` names the form, because a key is valid for one form."""
        given = typed.get(KEY, "")
        said = body.model_dump_json().encode()
        key = self._keys.key(given, scope=PUBLIC, path=of, body=said) if _is_key(given) else None
        return CommandContext(by=COMPLAINANT, key=key, trace=traceparent(request.scope))


def credentials_of(complaint: Complaint, secrets: TrackingSecrets) -> dict[str, str]:
    """Number and secret, which the forms on a complaint's page carry along."""
    return {"number": complaint.number, "secret": secrets.of(complaint.id)}


def _localized(errors: Errors, language: Language) -> dict[str, str]:
    return {name: say(text, language) for name, text in errors.items()}


def _is_key(text: str) -> bool:
    return PUBLIC_KEY_CHARACTERS_MIN <= len(text) <= KEY_CHARACTERS_MAX and "\0" not in text
