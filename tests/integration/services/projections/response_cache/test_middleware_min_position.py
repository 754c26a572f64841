"""A response contains the position that was waited for, also while no version is valid."""

import asyncio

import pytest

from tests.support.pages.cached_pages import (
    CSV,
    JSON,
    PAGE,
    CachedPages,
    becomes_invalid,
    get_encoded,
    one_more_request,
)

LONG = ",".join(["requests:0"] * 20)  # each of them is a position
NO_POSITIONS = ["", "requests", "requests:", "requests:-1", "requests:" + "9" * 20, LONG]


async def test_one_reads_what_one_has_written(cached: CachedPages) -> None:
    await cached.client.get(JSON)

    await one_more_request(cached.figures)
    answer = await cached.client.get(f"{JSON}&min_position=requests:2")

    assert answer.json["services"]["requests"]["received"] == 1
    assert "janji-stale" not in answer.headers


async def test_answer_without_the_awaited_position_says_so(cached: CachedPages) -> None:
    fresh = await cached.client.get(JSON)

    answer = await cached.client.get(f"{JSON}&min_position=requests:1")
    page = await cached.client.get(f"{PAGE}&min_position=requests:1")
    again = await cached.client.get(JSON)

    assert answer.headers["janji-stale"] == page.headers["janji-stale"] == "true"
    assert answer.body == fresh.body
    assert "janji-stale" not in again.headers


@pytest.mark.parametrize("position", NO_POSITIONS)
async def test_a_position_that_is_none_is_refused(cached: CachedPages, position: str) -> None:
    answer = await cached.client.get(f"{JSON}&min_position={position}")
    page = await cached.client.get(f"{PAGE}&min_position={position}")

    assert answer.problem == "invalid"
    assert page.status == 422


async def test_a_look_that_is_only_late_is_waited_for(cached: CachedPages) -> None:
    await cached.client.get(JSON)
    cached.invalidator._valid_until -= 10  # as in a process that was busy for ten seconds

    answers = await asyncio.gather(*(cached.client.get(JSON) for _ in range(3)))

    assert {each.status for each in answers} == {200}
    assert cached.behind.paths == ["/v1/public/statistics"]


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_answers_are_read_anew_while_the_cache_state_is_unknown(
    cached: CachedPages, path: str
) -> None:
    await cached.client.get(path)
    cached.network.freeze()
    await becomes_invalid(cached.invalidator)

    answers = [await cached.client.get(path) for _ in range(2)]

    assert {each.status for each in answers} == {200}
    assert len(cached.behind.paths) == 3


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_answers_are_the_same_cached_or_not(full: CachedPages, path: str) -> None:
    cached = await get_encoded(full, path, "gzip")
    full.network.freeze()
    await becomes_invalid(full.invalidator)

    anew = await get_encoded(full, path, "gzip")
    held = {"accept-encoding": "gzip", "if-none-match": cached.headers["etag"]}
    same = await full.client.get(path, headers=held)
    whatever = await full.client.get(path, headers=held | {"if-none-match": "*"})

    assert (anew.headers, anew.body) == (cached.headers, cached.body)
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", held["if-none-match"])
    assert whatever.status == 304


@pytest.mark.parametrize("position", ["", LONG])
async def test_malformed_position_is_refused_cached_or_not(
    cached: CachedPages, position: str
) -> None:
    cached.network.freeze()
    await becomes_invalid(cached.invalidator)

    answer = await cached.client.get(f"{JSON}&min_position={position}")
    page = await cached.client.get(f"{PAGE}&min_position={position}")

    assert answer.problem == "invalid"
    assert page.status == 422


async def test_uncached_answer_holds_the_awaited_position(
    cached: CachedPages,
) -> None:
    cached.network.freeze()
    await becomes_invalid(cached.invalidator)

    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(cached.client.get(f"{JSON}&min_position=requests:2"))
        tasks.create_task(one_more_request(cached.figures))

    answer = asked.result()
    assert answer.json["services"]["requests"]["received"] == 1
    assert "janji-stale" not in answer.headers
