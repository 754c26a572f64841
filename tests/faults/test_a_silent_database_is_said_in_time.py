"""F27 and F28, seen from outside: a service whose database falls silent says so, and comes back.

Health answers within two seconds, everything else within a named time: well, or 503 with a word on
when to come again. As soon as new connections work, all is well, and nobody restarts anything.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from shared.postgres.pool import ANSWER_SECONDS, LEND_SECONDS
from testbed.databases import Database
from testbed.proxy import Proxy
from tests.support.postgres import asked_services
from tests.support.postgres.asked_services import READY, AskedService, Service

HEALTH_SECONDS_MAX = 2.0
BUSY_SECONDS = 1.0  # of a machine that runs other tests, on top of what is promised
ANSWERED_SECONDS_MAX = LEND_SECONDS + ANSWER_SECONDS
WELL_SECONDS_MAX = ANSWERED_SECONDS_MAX + 5.0


async def half_open(network: Proxy) -> None:
    network.half_open()


async def freeze(network: Proxy) -> None:
    network.freeze()


async def refuse(network: Proxy) -> None:
    await network.refuse()


@pytest.mark.system  # it waits for the product's own times
@pytest.mark.parametrize("fault", [half_open, freeze, refuse], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize(
    "service", [asked_services.requests, asked_services.projections], ids=lambda made: made.__name__
)
async def test_silence_is_said_in_time_and_outlived(
    service: Service,
    fault: Callable[[Proxy], Awaitable[None]],
    database: Callable[[str], Database],
    tmp_path: Path,
) -> None:
    async with service(database, tmp_path) as asked:
        await asked.until_well(seconds=WELL_SECONDS_MAX)

        await fault(asked.network)
        told = await said_in_time(asked)
        if fault is not half_open:
            told += await said_in_time(asked)
            asked.network.heal()
        well_seconds = await asked.until_well(seconds=WELL_SECONDS_MAX)

    answers = ", ".join(f"{status} {times} times" for status, times in sorted(told.items()))
    print(f"{service.__name__} x {fault.__name__}: {answers}; well after {well_seconds:.1f} s")


async def said_in_time(asked: AskedService) -> Counter[int]:
    """Ask for everything; how often which status came."""
    told: Counter[int] = Counter()
    for path, answer, seconds in await asked.asked():
        told[answer.status] += 1
        assert answer.status in (200, 503), (path, answer)
        if path == READY:
            assert seconds < HEALTH_SECONDS_MAX + BUSY_SECONDS, path
        else:
            assert seconds < ANSWERED_SECONDS_MAX + BUSY_SECONDS, path
            assert answer.status == 200 or int(answer.headers["retry-after"]) > 0, answer
    return told
