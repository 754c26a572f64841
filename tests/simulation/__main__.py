"""Replays a seed, or runs many: `python -m tests.simulation 4711`, `… 1 --seeds 5000`."""

import argparse
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.world import simulate

AT_ONCE = 10


def failure_of(seed: int) -> tuple[int, str] | None:
    """What broke in this seed's schedule, with its history."""
    try:
        simulate(seed)
    except Exception as error:
        return seed, "".join(traceback.format_exception(error))
    return None


def replay(seed: int) -> str:
    """Raises SystemExit with all that happened if it breaks."""
    if failed := failure_of(seed):
        raise SystemExit(failed[1])
    world = simulate(seed)
    return "\n".join([*world.trace, "commands:", *map(str, world.commands)])


def run_many(seeds: range, processes: int, *, until_broken: bool) -> list[tuple[int, str]]:
    """The failures, or the first."""
    failures: list[tuple[int, str]] = []
    with ProcessPoolExecutor(processes) as pool:
        for each in pool.map(failure_of, seeds, chunksize=AT_ONCE):
            failures += [each] if each else []
            if failures and until_broken:
                pool.shutdown(cancel_futures=True)
                break
    return failures


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("seed", type=int)
    asked.add_argument("--seeds", type=int, default=1, help="how many, from this one on")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--until-broken", action="store_true", help="stop at the first failure")
    given = asked.parse_args()
    if given.seeds == 1:
        print(replay(given.seed))
        return
    seeds, began = range(given.seed, given.seed + given.seeds), time.perf_counter()
    failures = run_many(seeds, given.processes, until_broken=given.until_broken)
    seconds = time.perf_counter() - began
    print(f"{given.seeds} schedules in {seconds:.1f} s, {60 * given.seeds / seconds:.0f} a minute")
    print("\n".join(text for _, text in failures[:3]))
    print(f"failed: {[seed for seed, _ in failures]}")
    raise SystemExit(bool(failures))


if __name__ == "__main__":
    main()
