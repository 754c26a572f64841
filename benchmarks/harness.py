"""The harness: ours and a baseline by turns in the same run, and the medians of each.

A slow machine is slow for both, so the ratio says more than either figure. The ratio is the median
of the turns' ratios, since a machine may be slow for some turns only. Each module lists its
benchmarks as `BENCHMARKS`; `__main__` runs them.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.servers import Servers

RESULTS = Path(__file__).parent / "results.json"
RUNS = 5

Measure = Callable[[], Awaitable[float]]
"""One run; it returns the figure."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Prepared measurements: ours, and the baseline, if there is one."""

    unit: str
    janji: Measure
    baseline: Measure | None = None
    baseline_name: str | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A name in `results.json`, its preparation, and its number of runs.

    Short runs can be many, so that disturbances affect both sides alike.
    """

    name: str
    prepare: Callable[[Servers], AbstractAsyncContextManager[Comparison]]
    runs: int = RUNS


@dataclass(frozen=True, slots=True)
class Result:
    """One entry of `results.json`: medians of `runs` runs, and of janji / baseline in each turn."""

    name: str
    unit: str
    janji: float
    baseline: float | None
    baseline_name: str | None
    ratio: float | None
    runs: int


async def run(benchmark: Benchmark, servers: Servers) -> Result:
    ours: list[float] = []
    theirs: list[float] = []
    async with benchmark.prepare(servers) as comparison:
        for _ in range(benchmark.runs):
            ours.append(await comparison.janji())
            if comparison.baseline is not None:
                theirs.append(await comparison.baseline())
    baseline = median(theirs) if theirs else None
    ratios = [our / their for our, their in zip(ours, theirs, strict=False)]
    return Result(
        name=benchmark.name,
        unit=comparison.unit,
        janji=round(median(ours), 2),
        baseline=baseline and round(baseline, 2),
        baseline_name=comparison.baseline_name,
        ratio=round(median(ratios), 2) if ratios else None,
        runs=benchmark.runs,
    )


def line(result: Result) -> str:
    """A row of the table, under `HEADER`."""
    baseline = "" if result.baseline is None else f"{result.baseline:,.0f}"
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    return ROW.format(
        result.name,
        f"{result.janji:,.0f}",
        baseline,
        ratio,
        result.unit,
        result.baseline_name or "",
    )


ROW = "{:22} {:>10} {:>10} {:>7}  {:14} {}"
HEADER = ROW.format("name", "janji", "baseline", "ratio", "unit", "baseline is")


def save(results: Iterable[Result], path: Path = RESULTS) -> None:
    """Write them to the file, replacing earlier results of the same names; others stay."""
    earlier = json.loads(path.read_text()) if path.exists() else []
    entries = {entry["name"]: entry for entry in earlier}
    entries |= {result.name: asdict(result) for result in results}
    path.write_text(json.dumps(list(entries.values()), indent=2) + "\n")
