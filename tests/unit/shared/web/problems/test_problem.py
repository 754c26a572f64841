"""A failed request: the problem says what happened and what to do, and leaks nothing."""

import pytest
from fastapi import APIRouter

from shared.cases.web.common_problems import common_problem
from shared.eventstore import errors as log
from shared.promise.case_number import MalformedNumber, MistypedNumber
from shared.refusals import NotAllowed, Refusal
from shared.text import Text
from shared.web.page.shell import Shell
from shared.web.problems.handlers import ServiceProblems
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import CATALOGUE, FORBIDDEN, INVALID, ProblemKind
from testbed.http import Client
from testbed.surface import office_shell, surface
from tests.support.pages.markup import Markup

UNMET = ProblemKind(
    "requirements-unmet",
    409,
    Text(id="Syarat belum terpenuhi", en="Requirements unmet"),
    Text(id="Ada syarat yang belum terpenuhi.", en="A requirement is not met."),
    Text(id="Kembalikan permintaan.", en="Return the request."),
)
SECRET = "Siti 0812"


class RequirementsUnmet(Refusal):
    pass


def of_refusal(refusal: Refused) -> Problem:
    match refusal:
        case RequirementsUnmet():
            return Problem(UNMET, unmet=["stamped"], why=Text(id="cap", en="stamp"))
        case _:
            return common_problem(refusal)


def raising(error: Exception, *, shell: Shell | None = None) -> Client:
    router = APIRouter()

    @router.get("/here")
    async def here() -> None:
        raise error

    @router.post("/here")
    async def also_here() -> None:
        raise error

    problems = ServiceProblems(kinds=[UNMET], of_refusal=of_refusal)
    return surface(router, problems=problems, shell=shell)


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (Problem(FORBIDDEN), 403, "forbidden"),
        (RequirementsUnmet(), 409, "requirements-unmet"),
        (MistypedNumber("PRM-1"), 404, "mistyped-number"),
        (MalformedNumber("PRM-1", "PRM"), 404, "not-found"),
        (log.AggregateNotFound("case", None), 404, "not-found"),  # type: ignore[arg-type]
        (log.VersionConflict(None, expected=1, found=2), 409, "conflict"),  # type: ignore[arg-type]
        (log.KeyReused(), 422, "idempotency-key-reused"),
        (log.CommandTooLarge(), 413, "too-large"),
        (log.LogUnavailable(), 503, "unavailable"),
        (log.LogClosed(), 503, "unavailable"),
        (log.OutcomeUnknown(), 503, "outcome-unknown"),
        (log.SealBroken(SECRET), 500, "internal-error"),
        (RuntimeError(SECRET), 500, "internal-error"),
    ],
    ids=repr,
)
async def test_every_failure_has_its_kind(error: Exception, status: int, slug: str) -> None:
    answer = await raising(error).get("/here")

    assert (answer.status, answer.problem) == (status, slug)
    assert answer.json["title"]
    assert answer.json["mend"]


async def test_a_full_log_says_when_to_come_again() -> None:
    answer = await raising(log.LogBusy(7)).get("/here")

    assert (answer.status, answer.problem) == (503, "busy")
    assert answer.headers["retry-after"] == "7"


async def test_a_command_from_the_wrong_state_names_the_state_and_what_is_allowed() -> None:
    refusal = NotAllowed(command="approve", status="completed", allowed=["confirm"])

    answer = await raising(refusal).get("/here")

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["status"] == "completed"
    assert answer.json["allowed"] == ["confirm"]


async def test_an_error_of_ours_tells_nothing_but_its_trace() -> None:
    trace = "0123456789abcdef" * 2
    headers = {"traceparent": f"00-{trace}-0123456789abcdef-01"}

    answer = await raising(RuntimeError(SECRET)).send("GET", "/here", headers=headers)

    assert answer.json["trace_id"] == trace
    assert SECRET not in answer.text


async def test_texts_among_the_members_are_in_the_readers_language() -> None:
    client = raising(RequirementsUnmet())

    indonesian = await client.get("/here")
    english = await client.get("/here", headers={"accept-language": "en"})

    assert (indonesian.json["why"], english.json["why"]) == ("cap", "stamp")
    assert indonesian.json["detail"] == UNMET.detail.id
    assert english.json["detail"] == UNMET.detail.en
    assert english.headers["content-language"] == "en"
    assert "Accept-Language" in english.headers["vary"]


async def test_a_browser_gets_the_problem_as_a_page() -> None:
    answer = await raising(Problem(FORBIDDEN)).get("/here", headers={"accept": "text/html,*/*"})

    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert FORBIDDEN.mend.id in answer.text


async def test_a_page_names_what_is_wrong_with_what_was_asked() -> None:
    wrong = {"pointer": "/period", "detail": Text(id="Belum dimulai.", en="Not begun.")}

    answer = await raising(Problem(INVALID, errors=[wrong])).get(
        "/here", headers={"accept": "text/html"}
    )

    assert answer.status == 422
    assert "<li>Belum dimulai.</li>" in answer.text


async def test_problems_under_an_english_address_are_english() -> None:
    answer = await raising(Problem(FORBIDDEN)).get("/en/nowhere", headers={"accept": "text/html"})

    assert answer.status == 404
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/nowhere", "https://janji.test/"), ("/en/nowhere", "https://janji.test/en/")],
)
async def test_problem_on_a_public_page_shows_the_way_on(path: str, leads_to: str) -> None:
    shell = office_shell(home="https://janji.test")

    answer = await raising(RuntimeError(), shell=shell).get(path, headers={"accept": "text/html"})

    assert leads_to in Markup(answer.text).links()


async def test_problem_outside_public_pages_leads_nowhere() -> None:
    answer = await raising(RuntimeError()).get("/nowhere", headers={"accept": "text/html"})

    assert "/" not in Markup(answer.text).links()


async def test_an_unknown_path_is_not_found() -> None:
    answer = await raising(RuntimeError()).get("/nowhere")

    assert (answer.status, answer.problem) == (404, "not-found")


async def test_a_method_that_a_path_has_not_names_those_it_has() -> None:
    answer = await raising(RuntimeError()).send("DELETE", "/here")

    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("kind", [*CATALOGUE, UNMET], ids=lambda kind: kind.slug)
async def test_every_kind_is_explained_in_both_languages_under_its_type(kind: ProblemKind) -> None:
    answer = await raising(RuntimeError()).get(kind.type)

    assert answer.status == 200
    for text in (kind.title, kind.mend):
        assert text.id.partition("`")[0] in answer.text
    assert 'lang="id"' in answer.text
    assert 'lang="en"' in answer.text


async def test_the_kinds_are_listed() -> None:
    answer = await raising(RuntimeError()).get("/problems")

    assert all(kind.type in answer.text for kind in [*CATALOGUE, UNMET])


async def test_a_kind_that_is_not_there_is_not_found() -> None:
    answer = await raising(RuntimeError()).get("/problems/nonsense")

    assert answer.status == 404


def test_no_two_kinds_share_a_slug() -> None:
    slugs = [kind.slug for kind in CATALOGUE]

    assert len(set(slugs)) == len(slugs)
