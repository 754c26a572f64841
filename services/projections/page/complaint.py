"""The page on complaints: the channels of the standard, and a form for another service.

The form carries a key of its own, so that sending it twice makes one complaint: the page is
rendered for each reader and never cached. Its referrer policy lets the browser send the form's site
(`Origin`), and no more: the complaints service checks it. Next:
`services/complaints/pages/sending.py`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from secrets import token_urlsafe

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.projections.page.complaint_words import WORDS
from services.projections.page.facts import link_of
from services.projections.page.routes import PATHS, STYLE, TEMPLATES, error_lines
from services.projections.page.words import WORDS as PAGES_WORDS
from services.projections.web.query_params import NoParameters, parse_query
from shared.cases.web.complaint_form import (
    COMPLAINT_PATHS,
    FORM_COMPONENTS,
    FORM_STYLE,
    KEY,
    TRAP,
    origin_of,
)
from shared.office_time import local_date
from shared.promise.standard import Standard, Standards
from shared.web.language import OTHER, Language, say
from shared.web.page.shell import Page, Shell
from shared.web.problems.problem import Problem

IN_PERSON = ("face_to_face", "complaint_box")  # where the office is, is where they are
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}


def shell_of(standard: Standard, complaints_url: str) -> Shell:
    """The shell of all pages; their forms may be sent to the complaints service."""
    return Shell(
        standard.office,
        decree=standard.decree,
        service=standard.title,
        folders=[TEMPLATES],
        components=[FORM_COMPONENTS],
        styles=[FORM_STYLE, STYLE],
        words={**PAGES_WORDS, **WORDS},
        form_targets=[origin_of(complaints_url)],
        home="",
    )


class ComplaintPage:
    """`complaints_url` is where the public's browser finds the complaints service."""

    def __init__(
        self,
        standards: Standards,
        shell: Shell,
        complaints_url: str,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._standards = standards
        self._shell = shell
        self._complaints_url = complaints_url
        self._now = now

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in PATHS.items():
            router.add_api_route(paths.complaint, self._in(language), response_class=HTMLResponse)
        return router

    def page(self, language: Language) -> HTMLResponse:
        standard = self._standards.in_force(local_date(self._now()))
        own = COMPLAINT_PATHS[language]
        return self._shell.answer(
            "complaint.html",
            Page(
                language, say(WORDS["complaint_title"], language), PATHS[OTHER[language]].complaint
            ),
            headers=HEADERS,
            here="complain",
            paths=PATHS[language],
            standard=standard,
            links={code: link_of(channel) for code, channel in standard.channels.items()},
            in_person=IN_PERSON,
            sends_to=self._complaints_url + own.form,
            follow=self._complaints_url + own.follow,
            hidden={KEY: token_urlsafe(16)},
            trap=TRAP,
            typed={},
            errors={},
        )

    def _refused(self, language: Language, problem: Problem) -> HTMLResponse:
        title, path = say(PAGES_WORDS["refused_title"], language), PATHS[language].complaint
        return self._shell.answer(
            "refused.html",
            Page(language, title, PATHS[OTHER[language]].complaint),
            status=problem.kind.status,
            here="complain",
            paths=PATHS[language],
            errors=error_lines(problem, language),
            here_path=path,
        )

    def _in(self, language: Language) -> Callable[[Request], Awaitable[HTMLResponse]]:
        async def endpoint(request: Request) -> HTMLResponse:
            try:
                await parse_query(NoParameters, request)
            except Problem as problem:
                return self._refused(language, problem)
            return self.page(language)

        return endpoint
