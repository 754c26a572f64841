"""An answer holds the position that was waited for, also while the watch vouches for nothing."""

import asyncio

import pytest

from tests.support.pages.cached_pages import (
    CSV,
    JSON,
    PAGE,
    KeptPages,
    one_more_request,
    packed,
    unwatched,
)

LONG = ",".join(["requests:0"] * 20)  # each of them is a position
NO_POSITIONS = ["", "requests", "requests:", "requests:-1", "requests:" + "9" * 20, LONG]


async def test_one_reads_what_one_has_written(kept: KeptPages) -> None:
    await kept.client.get(JSON)

    await one_more_request(kept.figures)
    answer = await kept.client.get(f"{JSON}&min_position=requests:2")

    assert answer.json["services"]["requests"]["received"] == 1
    assert "janji-stale" not in answer.headers


async def test_answer_without_the_awaited_position_says_so(kept: KeptPages) -> None:
    fresh = await kept.client.get(JSON)

    answer = await kept.client.get(f"{JSON}&min_position=requests:1")
    page = await kept.client.get(f"{PAGE}&min_position=requests:1")
    again = await kept.client.get(JSON)

    assert answer.headers["janji-stale"] == page.headers["janji-stale"] == "true"
    assert answer.body == fresh.body
    assert "janji-stale" not in again.headers


@pytest.mark.parametrize("position", NO_POSITIONS)
async def test_a_position_that_is_none_is_refused(kept: KeptPages, position: str) -> None:
    answer = await kept.client.get(f"{JSON}&min_position={position}")
    page = await kept.client.get(f"{PAGE}&min_position={position}")

    assert answer.problem == "invalid"
    assert page.status == 422


async def test_a_look_that_is_only_late_is_waited_for(kept: KeptPages) -> None:
    await kept.client.get(JSON)
    kept.invalidator._valid_until -= 10  # as in a process that was busy for ten seconds

    answers = await asyncio.gather(*(kept.client.get(JSON) for _ in range(3)))

    assert {each.status for each in answers} == {200}
    assert kept.behind.paths == ["/v1/public/statistics"]


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_answers_are_read_anew_while_the_cache_state_is_unknown(
    kept: KeptPages, path: str
) -> None:
    await kept.client.get(path)
    kept.network.freeze()
    await unwatched(kept.invalidator)

    answers = [await kept.client.get(path) for _ in range(2)]

    assert {each.status for each in answers} == {200}
    assert len(kept.behind.paths) == 3


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_vouched_for_or_not_an_answer_is_the_same(full: KeptPages, path: str) -> None:
    vouched = await packed(full, path, "gzip")
    full.network.freeze()
    await unwatched(full.invalidator)

    anew = await packed(full, path, "gzip")
    held = {"accept-encoding": "gzip", "if-none-match": vouched.headers["etag"]}
    same = await full.client.get(path, headers=held)
    whatever = await full.client.get(path, headers=held | {"if-none-match": "*"})

    assert (anew.headers, anew.body) == (vouched.headers, vouched.body)
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", held["if-none-match"])
    assert whatever.status == 304


@pytest.mark.parametrize("position", ["", LONG])
async def test_vouched_for_or_not_a_position_that_is_none_is_refused(
    kept: KeptPages, position: str
) -> None:
    kept.network.freeze()
    await unwatched(kept.invalidator)

    answer = await kept.client.get(f"{JSON}&min_position={position}")
    page = await kept.client.get(f"{PAGE}&min_position={position}")

    assert answer.problem == "invalid"
    assert page.status == 422


async def test_uncached_answer_holds_the_awaited_position(
    kept: KeptPages,
) -> None:
    kept.network.freeze()
    await unwatched(kept.invalidator)

    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(kept.client.get(f"{JSON}&min_position=requests:2"))
        tasks.create_task(one_more_request(kept.figures))

    answer = asked.result()
    assert answer.json["services"]["requests"]["received"] == 1
    assert "janji-stale" not in answer.headers
