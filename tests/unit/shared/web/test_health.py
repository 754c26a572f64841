"""Readiness: a degraded component is shown and doesn't make the service unready."""

import asyncio
import os
from contextlib import suppress
from functools import partial

from shared.web.health import CHECK_SECONDS_MAX, OK, Check, CheckResult
from testbed.eventually import eventually
from testbed.http import Client
from testbed.surface import surface


def always(part: CheckResult) -> Check:
    async def check() -> CheckResult:
        return part

    return check


async def fails() -> CheckResult:
    raise ConnectionError("postgres://user:password@host")


async def hangs() -> CheckResult:
    await asyncio.Event().wait()
    return OK


async def test_all_well_is_ready() -> None:
    answer = await surface(parts={"log": always(OK)}).get("/health/ready")

    assert answer.status == 200
    assert answer.json == {
        "status": "ok",
        "service": "trial",
        "pid": os.getpid(),
        "parts": {"log": {"status": "ok", "detail": ""}},
    }


async def test_a_degraded_part_is_shown_and_stays_ready() -> None:
    relay = always(CheckResult("degraded", "the broker is away; 12 events behind"))

    answer = await surface(parts={"log": always(OK), "relay": relay}).get("/health/ready")

    assert (answer.status, answer.json["status"]) == (200, "degraded")
    assert answer.json["parts"]["relay"]["detail"] == "the broker is away; 12 events behind"


async def test_a_part_that_is_down_is_not_ready() -> None:
    answer = await surface(parts={"log": always(CheckResult("down", "no connection"))}).get(
        "/health/ready"
    )

    assert (answer.status, answer.json["status"]) == (503, "down")


async def test_a_check_that_fails_or_hangs_says_so_and_no_secret() -> None:
    answer = await surface(parts={"log": fails, "relay": hangs}).get("/health/ready")

    assert answer.status == 503
    assert answer.json["parts"]["log"] == {"status": "down", "detail": "ConnectionError"}
    assert answer.json["parts"]["relay"] == {"status": "down", "detail": "no answer within 1 s"}


async def test_check_that_holds_its_cancellation_delays_no_response() -> None:
    """As a pool did whose connection had fallen silent; the check isn't run twice meanwhile."""
    runs = 0

    async def holds() -> CheckResult:
        nonlocal runs
        runs += 1
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()
        return OK

    released, health = asyncio.Event(), surface(parts={"log": holds})
    asyncio.get_running_loop().call_later(5 * CHECK_SECONDS_MAX, released.set)
    first = await health.get("/health/ready")
    second = await health.get("/health/ready")

    assert (first.status, second.status, runs) == (503, 503, 1)
    assert not released.is_set()
    released.set()
    await eventually(partial(is_ready, health))


async def is_ready(health: Client) -> bool:
    return (await health.get("/health/ready")).status == 200


async def test_a_live_process_says_which_it_is() -> None:
    answer = await surface(parts={"log": fails}).get("/health/live")

    assert (answer.status, answer.json["pid"]) == (200, os.getpid())
