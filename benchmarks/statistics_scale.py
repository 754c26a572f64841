"""Uncached statistics of a million cases, compared with a thousand.

Milliseconds a response, from the request to the JSON, read from the tables each time: a cached
response says nothing of the tables. The app is called in this process, so that neither network nor
server hides a difference. The ratio should be 1, whatever the number of cases.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from benchmarks.harness import Benchmark, Comparison, Measure
from benchmarks.many_cases import MILLION, THOUSAND, Filled, counted, filled
from benchmarks.servers import Servers
from services.projections.api.public import PublicApi
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.web.as_of_cache import AsOfStatisticsCache
from shared.postgres.pool import Pool
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from testbed.http import Client

ANSWERS = 100
MORE = MILLION


async def answered(client: Client, path: str) -> float:
    """Milliseconds an answer, one after another."""
    started_at = time.perf_counter()
    for _ in range(ANSWERS):
        assert (await client.get(path)).status == 200
    return (time.perf_counter() - started_at) / ANSWERS * 1_000


@asynccontextmanager
async def asking(figures: Filled) -> AsyncIterator[Measure]:
    """The public API over that database, without a cache or middleware, and warm."""
    rules = RulesInForce(load_standards(), load_calendar())
    async with Pool(figures.url, name="benchmark", size_max=1) as pool:
        app = FastAPI()
        as_of = AsOfStatisticsCache(pool, rules)
        public = PublicApi(pool, rules, ReleaseCache(rules), as_of, now=lambda: datetime.now(UTC))
        app.include_router(public.router())
        client = Client(app)
        path = f"/v1/public/statistics?period={figures.year}"
        await answered(client, path)
        yield partial(answered, client, path)


@asynccontextmanager
async def compared(servers: Servers) -> AsyncIterator[Comparison]:
    async with filled(servers, MORE) as many, filled(servers, THOUSAND) as few:
        assert (await counted(many.url), await counted(few.url)) == (MORE, THOUSAND)
        async with asking(many) as of_many, asking(few) as of_few:
            yield Comparison("ms an answer", of_many, of_few, "the same of 1,000 cases")


BENCHMARKS = (Benchmark("statistics_scale", compared),)
