"""`python -m benchmarks [ONLY]`: run all benchmarks, or those whose names begin with ONLY."""

import sys

import uvloop

from benchmarks import (
    append,
    http_command,
    importing,
    latency,
    long_case,
    page,
    rebuild,
    relay,
    statistics_scale,
)
from benchmarks.harness import HEADER, Benchmark, Result, line, run, save
from benchmarks.servers import started

BENCHMARKS: tuple[Benchmark, ...] = (
    *append.BENCHMARKS,
    *relay.BENCHMARKS,
    *http_command.BENCHMARKS,
    *latency.BENCHMARKS,
    *long_case.BENCHMARKS,
    *rebuild.BENCHMARKS,
    *importing.BENCHMARKS,
    *page.BENCHMARKS,
    *statistics_scale.BENCHMARKS,
)


async def main(only: str) -> None:
    chosen = [benchmark for benchmark in BENCHMARKS if benchmark.name.startswith(only)]
    if not chosen:
        raise SystemExit(f"no benchmark begins with {only!r}")
    results: list[Result] = []
    print(HEADER)
    async with started() as servers:
        for benchmark in chosen:
            results.append(await run(benchmark, servers))
            print(line(results[-1]), flush=True)
            save(results)


if __name__ == "__main__":
    uvloop.run(main(" ".join(sys.argv[1:])))
