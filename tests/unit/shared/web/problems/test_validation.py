"""An invalid body: pointer, rule and sentence, and never the value."""

import json
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.text import Text
from shared.web.fields import Body, Day, Flag, Instant, Line, Prose, Whole
from shared.web.problems.handlers import ServiceProblems
from testbed.http import Answer, Client
from testbed.surface import surface


def _even(number: int) -> int:
    if number % 2:
        raise PydanticCustomError("even", "is odd")
    return number


class Letter(Body):
    date: Day
    stamped: Flag = True


class Command(Body):
    letter: Letter
    kind: Literal["one", "two"] = "one"
    at: Instant | None = None
    name: Line | None = None
    text: Prose | None = None
    accounts: Annotated[tuple[Line, ...], Field(min_length=1, max_length=2)] = ("a",)
    score: Annotated[Whole, Field(ge=1, le=5)] = 1
    even: Annotated[Whole, AfterValidator(_even)] = 2


def client() -> Client:
    router = APIRouter()

    @router.post("/commands")
    async def command(command: Command) -> dict[str, Any]:
        return {"name": command.name}

    @router.get("/list")
    async def listed(limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, int]:
        return {"limit": limit}

    own = ServiceProblems(rules={"even": Text(id="Harus genap.", en="Must be even.")})
    return surface(router, problems=own)


def with_letter(**fields: Any) -> dict[str, Any]:
    return {"letter": {"date": "2026-11-20"}, **fields}


def broken(answer: Answer) -> list[tuple[str, str]]:
    assert (answer.status, answer.problem) == (422, "invalid")
    return [(error["pointer"], error["rule"]) for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        pytest.param({}, "/letter", "required", id="a field is missing"),
        pytest.param(with_letter(nam="x"), "/nam", "unknown_field", id="a typo"),
        pytest.param(with_letter(**{"a/b~c": 1}), "/a~1b~0c", "unknown_field", id="escaped"),
        pytest.param([], "", "object", id="a list for an object"),
        pytest.param({"letter": 1}, "/letter", "object", id="a number for an object"),
        pytest.param({"letter": {"date": "2026-02-30"}}, "/letter/date", "date", id="no such day"),
        pytest.param({"letter": {"date": 1}}, "/letter/date", "date", id="a number for a date"),
        pytest.param(
            {"letter": {"date": "2026-11-20T00:00:00"}}, "/letter/date", "date", id="an instant"
        ),
        pytest.param({"letter": {"date": "0001-01-01"}}, "/letter/date", "date", id="long ago"),
        pytest.param(
            {"letter": {"date": "2026-11-20", "stamped": "yes"}},
            "/letter/stamped",
            "true_or_false",
            id="a word for a truth",
        ),
        pytest.param(with_letter(at="2026-11-20T09:00:00"), "/at", "instant", id="no offset"),
        pytest.param(with_letter(at="9999-12-31T23:59:59Z"), "/at", "instant", id="far away"),
        pytest.param(with_letter(at=1_700_000_000), "/at", "instant", id="seconds of an epoch"),
        pytest.param(with_letter(kind="three"), "/kind", "choice", id="not among the choices"),
        pytest.param(with_letter(name=7), "/name", "text", id="a number for a text"),
        pytest.param(with_letter(name="a\0b"), "/name", "characters", id="NUL"),
        pytest.param(with_letter(text="a\0b"), "/text", "characters", id="NUL in prose"),
        pytest.param(with_letter(name="a\nb"), "/name", "characters", id="two lines for one"),
        pytest.param(with_letter(name="\ud800"), "/name", "characters", id="half a character"),
        pytest.param(with_letter(name="x" * 201), "/name", "too_long", id="too long"),
        pytest.param(with_letter(name=" "), "/name", "too_short", id="only spaces"),
        pytest.param(with_letter(accounts=[]), "/accounts", "too_few", id="an empty list"),
        pytest.param(with_letter(accounts=["a"] * 3), "/accounts", "too_many", id="a long list"),
        pytest.param(with_letter(accounts=["a", 1]), "/accounts/1", "text", id="in a list"),
        pytest.param(with_letter(score=6), "/score", "too_large", id="too large"),
        pytest.param(with_letter(score=0), "/score", "too_small", id="too small"),
        pytest.param(with_letter(score="3"), "/score", "whole_number", id="digits as text"),
        pytest.param(with_letter(even=3), "/even", "even", id="a rule of the service's own"),
    ],
)
async def test_every_broken_rule_is_named(body: Any, pointer: str, rule: str) -> None:
    answer = await client().post("/commands", body)

    assert broken(answer) == [(pointer, rule)]


@pytest.mark.parametrize("body", [b"{", b"", b"nonsense", b'{"letter": '])
async def test_body_that_is_no_json_is_said_to_be_none(body: bytes) -> None:
    answer = await client().post("/commands", body)

    assert broken(answer) in ([("", "json")], [("", "required")])


@pytest.mark.parametrize("body", [b'{"a":"\xff"}', b"[" * 60_000])
async def test_bytes_that_no_parser_can_read_are_malformed(body: bytes) -> None:
    answer = await client().post("/commands", body)

    assert (answer.status, answer.problem) == (400, "malformed-request")


async def test_sent_values_are_never_repeated() -> None:
    secret = "Siti Aminah 08123456789"

    answer = await client().post("/commands", with_letter(kind=secret, score=secret, at=secret))

    assert len(broken(answer)) == 3
    assert secret not in answer.text


async def test_the_words_name_what_is_allowed_in_the_readers_language() -> None:
    body = with_letter(kind="three")

    indonesian = await client().post("/commands", body)
    english = await client().post("/commands", body, headers={"accept-language": "en"})

    assert indonesian.json["errors"][0]["detail"] == "Harus salah satu dari one, two."
    assert english.json["errors"][0]["detail"] == "Must be one of one, two."


async def test_a_broken_parameter_says_where_it_stands() -> None:
    answer = await client().get("/list?limit=501")

    assert broken(answer) == [("/limit", "too_large")]
    assert answer.json["errors"][0]["in"] == "query"


async def test_a_body_of_another_type_is_unsupported() -> None:
    body = json.dumps(with_letter()).encode()

    answer = await client().post("/commands", body, headers={"content-type": "text/plain"})

    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


async def test_a_million_mistakes_are_answered_with_fifty() -> None:
    body = with_letter(**{f"unknown_{number}": 1 for number in range(1_000)})

    answer = await client().post("/commands", body)

    assert len(broken(answer)) == 50


async def test_valid_body_passes() -> None:
    answer = await client().post("/commands", with_letter(name=" Siti "))

    assert (answer.status, answer.json) == (200, {"name": "Siti"})
