"""Each answer that was sent is counted once, by the status that its caller got."""

import asyncio

from testbed.surface import token
from tests.support.pages.cached_pages import PAGE, CachedPages, becomes_invalid


async def counted(cached: CachedPages) -> dict[str, float]:
    """How often the page was asked for, by status."""
    metrics = (await cached.client.get("/metrics", token=token("auditor"))).text
    said = 'janji_http_requests_total{method="GET",route="/en/",status="'
    lines = (line.removeprefix(said) for line in metrics.splitlines() if line.startswith(said))
    return {status: float(times) for status, _, times in (line.partition('"} ') for line in lines)}


async def test_kept_answers_are_counted_too(cached: CachedPages) -> None:
    etag = (await cached.client.get(PAGE)).headers["etag"]
    for _ in range(2):
        await cached.client.get(PAGE, headers={"if-none-match": etag})

    assert await counted(cached) == {"200": 1, "304": 2}


async def test_caller_that_waits_for_a_shared_rendering_is_counted_too(cached: CachedPages) -> None:
    await asyncio.gather(*(cached.client.get(PAGE) for _ in range(5)))

    assert len(cached.behind.paths) == 1
    assert await counted(cached) == {"200": 5}


async def test_not_modified_answer_to_the_renderer_is_counted_as_such(
    full: CachedPages,
) -> None:
    etag = (await full.client.get(PAGE)).headers["etag"]
    full.middleware._cache.clear()

    same = await full.client.get(PAGE, headers={"if-none-match": etag})

    assert same.status == 304
    assert len(full.behind.paths) == 2
    assert await counted(full) == {"200": 1, "304": 1}


async def test_refusal_is_counted_once_a_caller(cached: CachedPages) -> None:
    await asyncio.gather(*(cached.client.get("/en/?period=next") for _ in range(3)))

    assert await counted(cached) == {"422": 3}


async def test_uncached_answer_is_counted_once(cached: CachedPages) -> None:
    cached.network.freeze()
    await becomes_invalid(cached.invalidator)

    await cached.client.get(PAGE, headers={"if-none-match": "*"})

    assert await counted(cached) == {"304": 1}
