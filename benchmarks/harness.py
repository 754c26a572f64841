"""How figures come about: ours and a baseline's by turns in the same run, medians of each.

A machine that is slow today is slow for both, so the ratio says more than either figure. It is the
median of the turns' own ratios: a machine may be slow for some turns of a run only. A module of
benchmarks lists its own as `BENCHMARKS`; `__main__` runs them.
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
"""One run: takes its time and answers the figure."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is measured, ready to run: ours, and what it is compared with, if anything."""

    unit: str
    janji: Measure
    baseline: Measure | None = None
    baseline_name: str | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A name in `results.json`, how to prepare what it measures, and how often that is run.

    Where a run is short there can be many: what disturbs the machine then falls on both alike.
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
    """Into the file, in place of earlier ones of the same names; others stay."""
    earlier = json.loads(path.read_text()) if path.exists() else []
    entries = {entry["name"]: entry for entry in earlier}
    entries |= {result.name: asdict(result) for result in results}
    path.write_text(json.dumps(list(entries.values()), indent=2) + "\n")
