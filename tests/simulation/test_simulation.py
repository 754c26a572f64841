"""Thousands of schedules of faults against the product in a simulated world; see `world.py`.

A red one names its seed and tells what happened; `python -m tests.simulation <seed>` replays it.
"""

import secrets
from itertools import chain

import pytest

from tests.simulation.world import World, simulate
from tests.support.years.examples import examples

BLOCK = 10
FIRST_FRESH = 1_000 + secrets.randbelow(10**9)
FIXED = range(1, 1 + 2 * BLOCK, BLOCK)
FRESH = range(FIRST_FRESH, FIRST_FRESH + examples(2) * BLOCK, BLOCK)


@pytest.mark.parametrize("number", range(len(FIXED) + len(FRESH)))
def test_schedules_of_faults_break_no_promise(number: int) -> None:
    """The numbers are the same in each run, as parallel workers want it; the fresh seeds aren't."""
    first = list(chain(FIXED, FRESH))[number]
    print(f"seeds {first} to {first + BLOCK - 1}")

    played = [simulate(seed) for seed in range(first, first + BLOCK)]

    assert all(world.checkers.broken == [] for world in played)
    assert any(world.requests.log.events for world in played)


@pytest.mark.parametrize(
    "seed", [pytest.param(1525, id="a process is told to end while its database is lost")]
)
def test_schedules_that_once_found_a_bug_stay_mended(seed: int) -> None:
    assert simulate(seed).checkers.broken == []


def test_a_seed_is_one_schedule() -> None:
    assert told(simulate(4711)) == told(simulate(4711))


def told(world: World) -> list[str]:
    return [*world.trace, *map(str, world.commands)]
