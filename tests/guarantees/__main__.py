"""Switches guarantees off one by one; a test must notice each: `make guarantees`, `ONLY=relay`.

Words choose the guarantees whose name, list or edited file contains one of them. The checkout is
never edited: each of two copies in a temporary folder has one guarantee switched off at a time. All
copies share one PostgreSQL and one broker.

First the tests run as the code is: one that is red by itself keeps nothing.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from testbed.servers import find_broker, find_postgres
from tests.guarantees.entries import Guarantee, guarantees
from tests.guarantees.trees import FAILED, Tree, Verdict

AT_ONCE = 2
ALL_SECONDS_MAX = 1_800  # for the tests as the code is
OUTPUT_LINES_MAX = 40  # of a run that shows no noticing test


def main(words: Sequence[str]) -> int:
    """0: every guarantee is kept by a test."""
    chosen = [each for each in guarantees() if not words or any(map(each.is_meant_by, words))]
    if not chosen:
        print(f"no guarantee is called {' or '.join(words)}")
        return 2
    began = time.monotonic()
    with TemporaryDirectory(prefix="janji-guarantees-") as folder:
        trees = list(_trees(Path(folder)))
        red = _red_already(trees[0], chosen)
        sound = [each for each in chosen if not red.intersection(each.tests)]
        unkept = [each for each in chosen if each not in sound]
        unkept += [each for each, verdict in _verdicts(trees, sound) if verdict.colour != "red"]
    kept = len(chosen) - len(unkept)
    print(f"{kept} of {len(chosen)} guarantees are kept by a test ({_minutes(began)})")
    for each in unkept:
        print(f"KEPT BY NO TEST: {each.name}")
    return 1 if unkept else 0


def _trees(folder: Path) -> Iterator[Tree]:
    broker = find_broker(folder)
    servers = {
        "JANJI_TEST_POSTGRES_URL": find_postgres(folder),
        "JANJI_TEST_BROKER_URL": broker.url,
        "JANJI_TEST_BROKER_API": broker.api,
    }
    for number in range(AT_ONCE):
        yield Tree(folder / f"tree-{number}", servers)


def _red_already(tree: Tree, chosen: Sequence[Guarantee]) -> set[str]:
    """Those of their tests that fail as the code is."""
    tests = sorted({test for each in chosen for test in each.tests})
    options = ("-n", str(AT_ONCE), "--dist", "loadfile")
    verdict = tree.test(tests, *options, seconds_max=ALL_SECONDS_MAX)
    print(f"as the code is, {len(tests)} tests or files: {verdict.colour}, {verdict.seconds:.0f} s")
    if verdict.colour == "GREEN":
        return set()
    failed = FAILED.findall(verdict.output)
    print("\n".join(f"RED BY ITSELF: {label} ({reason})" for label, reason in failed), flush=True)
    found = {test for test in tests for label, _ in failed if label.startswith(test)}
    return found or set(tests)  # it hung, or nothing could be collected


def _verdicts(
    trees: Sequence[Tree], chosen: Sequence[Guarantee]
) -> Iterator[tuple[Guarantee, Verdict]]:
    """One line for each as it comes."""
    free: SimpleQueue[Tree] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def verdict_on(guarantee: Guarantee) -> Verdict:
        tree = free.get()
        try:
            return tree.verdict(guarantee)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(max_workers=len(trees)) as pool:
        running = {pool.submit(verdict_on, each): each for each in chosen}
        for n, done in enumerate(as_completed(running), start=1):
            yield running[done], _told(f"{n:3} of {len(chosen)}", running[done], done)


def _told(place: str, guarantee: Guarantee, done: Future[Verdict]) -> Verdict:
    verdict = done.result()
    print(f"{place}  {verdict.colour:6} {verdict.seconds:4.0f} s  {guarantee.name}", flush=True)
    if verdict.by:
        print(f"{'':27}by {verdict.by}", flush=True)
    elif verdict.colour != "GREEN":
        print("\n".join(verdict.output.splitlines()[-OUTPUT_LINES_MAX:]), flush=True)
    return verdict


def _minutes(began: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
