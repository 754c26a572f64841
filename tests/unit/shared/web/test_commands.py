"""The headers of commands: If-Match, Idempotency-Key, traceparent, and those of the answer."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter

from shared.eventstore.records import Appended, CommandKey
from shared.web.commands import (
    PUBLIC,
    CommandKeys,
    Headers,
    PublicHeaders,
    command_response,
    expected_versions,
)
from shared.web.problems.problem import Problem
from testbed.http import Client
from testbed.surface import surface, token

KEYS = CommandKeys(lambda: b"k" * 32)
APPENDED = Appended(
    originator_id=UUID(int=1),
    version=3,
    first_position=41,
    last_position=42,
    recorded_at=datetime(2026, 11, 24, tzinfo=UTC),
    replayed=False,
)


@pytest.mark.parametrize(
    ("lines", "versions"),
    [
        pytest.param([], None, id="none given: any"),
        pytest.param(["*"], None, id="whatever there is"),
        pytest.param(['"3"'], {3}, id="one"),
        pytest.param(['"3", "4"'], {3, 4}, id="one of two"),
        pytest.param(['"3"', '"4"'], {3, 4}, id="on two lines"),
        pytest.param(['W/"3"'], set(), id="weak: If-Match compares strongly"),
        pytest.param(['"abc"'], set(), id="somebody else's"),
        pytest.param(['"a,b"'], set(), id="a comma in a tag"),
        pytest.param(['"' + "9" * 40 + '"'], set(), id="no number of ours"),
    ],
)
def test_versions_are_named_by_if_match(lines: list[str], versions: set[int] | None) -> None:
    assert expected_versions(lines) == versions


@pytest.mark.parametrize("line", ["3", "", ",", '"3', 'w/"3"', '"3" "4" x', "*, *"])
def test_an_if_match_of_another_shape_is_malformed(line: str) -> None:
    with pytest.raises(Problem) as refused:
        expected_versions([line])

    assert refused.value.kind.slug == "malformed-request"


def test_a_key_is_the_callers_and_the_paths_own() -> None:
    given = {"scope": ("siti", "agency", "DINKES"), "path": "/v1/requests", "body": b"{}"}

    first = KEYS.key("1", **given)  # type: ignore[arg-type]

    assert KEYS.key("1", **given) == first  # type: ignore[arg-type]
    assert KEYS.key("2", **given).key != first.key  # type: ignore[arg-type]
    assert KEYS.key("1", **(given | {"scope": ("siti", "agency", "DINSOS")})).key != first.key  # type: ignore[arg-type]
    assert KEYS.key("1", **(given | {"path": "/v1"})).key != first.key  # type: ignore[arg-type]


def test_a_key_of_the_public_is_too_long_to_guess() -> None:
    """Whoever guesses it reads the receipt of another complaint."""
    with pytest.raises(Problem):
        KEYS.key("k" * 15, scope=PUBLIC, path="/", body=b"")

    assert KEYS.key("k" * 16, scope=PUBLIC, path="/", body=b"")


def test_no_two_scopes_run_into_each_other() -> None:
    one = KEYS.key("c", scope=("a",), path="/b", body=b"")
    other = KEYS.key("/bc", scope=("a",), path="", body=b"")

    assert one.key != other.key


def test_the_same_json_is_the_same_request_however_it_is_written() -> None:
    one = KEYS.key("1", scope=("reviewer",), path="/", body=b'{"a": 1, "b": [1, 2]}')
    same = KEYS.key("1", scope=("reviewer",), path="/", body=b'{"b":[1,2],\n "a":1}')
    other = KEYS.key("1", scope=("reviewer",), path="/", body=b'{"a": 1, "b": [2, 1]}')

    assert one == same
    assert other.request_hash != one.request_hash


def test_hash_cannot_be_made_or_guessed_without_the_master_key() -> None:
    elsewhere = CommandKeys(lambda: b"x" * 32).key("1", scope=("reviewer",), path="/", body=b"{}")

    assert elsewhere != KEYS.key("1", scope=("reviewer",), path="/", body=b"{}")


@pytest.mark.parametrize("given", ["k", "k" * 128, ("é" * 128).encode().decode("latin-1")])
def test_a_key_has_up_to_128_characters(given: str) -> None:
    assert isinstance(KEYS.key(given, scope=("reviewer",), path="/", body=b""), CommandKey)


@pytest.mark.parametrize("given", ["", "k" * 129, "a\0b"])
def test_a_key_of_another_length_or_with_nul_is_malformed(given: str) -> None:
    with pytest.raises(Problem) as refused:
        KEYS.key(given, scope=("reviewer",), path="/", body=b"")

    assert refused.value.kind.slug == "malformed-request"


def client() -> Client:
    router = APIRouter()

    @router.post("/staff")
    async def staff(headers: Headers) -> dict[str, Any]:
        headers.check(3)
        return {"key": headers.key and headers.key.key, "trace": headers.trace}

    @router.post("/public")
    async def public(headers: PublicHeaders) -> dict[str, Any]:
        return {"key": headers.key and headers.key.key}

    return surface(router)


async def test_a_stale_version_is_refused() -> None:
    answer = await client().post("/staff", {}, token=token(), headers={"if-match": '"2"'})

    assert (answer.status, answer.problem) == (412, "stale-version")


async def test_the_version_that_is_expected_passes() -> None:
    answer = await client().post("/staff", {}, token=token(), headers={"if-match": '"3"'})

    assert answer.status == 200


async def test_two_callers_with_one_key_never_meet() -> None:
    headers = {"idempotency-key": "one-key-of-many-callers"}

    siti = await client().post("/staff", {}, token=token(sub="siti"), headers=headers)
    budi = await client().post("/staff", {}, token=token(sub="budi"), headers=headers)
    nobody = await client().post("/public", {}, headers=headers)

    assert len({siti.json["key"], budi.json["key"], nobody.json["key"]}) == 3


async def test_idempotency_key_is_none_when_none_is_sent() -> None:
    answer = await client().post("/public", {})

    assert answer.json == {"key": None}


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", True),
        ("00-00000000000000000000000000000000-0123456789abcdef-01", False),
        ("00-0123456789abcdef0123456789abcdef-0000000000000000-01", False),
        ("00-0123456789ABCDEF0123456789abcdef-0123456789abcdef-01", False),
        ("nonsense", False),
    ],
)
async def test_a_trace_is_taken_over_if_it_is_one(given: str, is_taken: bool) -> None:
    answer = await client().post("/staff", {}, token=token(), headers={"traceparent": given})

    assert (answer.json["trace"] == given) is is_taken
    assert len(answer.json["trace"]) == 55


def test_the_answer_tells_version_and_position() -> None:
    answer = command_response({"number": "PRM"}, APPENDED, service="requests")

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"3"'
    assert answer.headers["janji-position"] == "requests:42"
    assert "idempotency-replayed" not in answer.headers
    assert answer.body == b'{"number":"PRM"}'


def test_created_resource_is_answered_with_its_location() -> None:
    answer = command_response({}, APPENDED, service="requests", location="/v1/requests/PRM")

    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/requests/PRM")


def test_a_replay_says_that_it_is_one() -> None:
    again = Appended(UUID(int=1), 3, 41, 42, APPENDED.recorded_at, replayed=True)

    answer = command_response({}, again, service="requests")

    assert answer.headers["idempotency-replayed"] == "true"
