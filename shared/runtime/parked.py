"""One bad case stops nobody: a background task leaves it out, says so, and goes on with the others.

    with parked.attempt(number):
        await close(number)

What would hit every case alike is raised: a log that is out of reach, a process without memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import asyncpg
import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.eventstore.errors import LogBusy, LogClosed, LogUnavailable, OutcomeUnknown
from shared.postgres.errors import DatabaseUnavailable
from shared.web.health import OK, CheckResult

NAMED_MAX = 3  # cases that health names

OF_ALL = (
    MemoryError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    DatabaseUnavailable,
    LogBusy,
    LogClosed,
    LogUnavailable,
    OutcomeUnknown,
)
"""Errors of the surroundings: no case is to blame."""


class ParkedCases:
    """The cases that a task left out, each with the reason. It tries them again in its own time."""

    def __init__(self, task: str) -> None:
        """task: what isn't done for them, as in "closing"; its name in health and in the metric."""
        self.task = task
        self._reasons: dict[str, str] = {}

    @property
    def reasons(self) -> Mapping[str, str]:
        """By the case; empty if none is left out."""
        return self._reasons

    @contextmanager
    def attempt(self, case: str) -> Iterator[None]:
        """Park the case if the block fails because of it, and end the block; else release it."""
        try:
            yield
        except OF_ALL:
            raise
        except Exception as error:
            self._park(case, str(error) or type(error).__name__)
        else:
            self.release(case)

    def release(self, case: str) -> None:
        """It needs this task no more."""
        self._reasons.pop(case, None)

    def release_all(self) -> None:
        """The task begins anew."""
        self._reasons.clear()

    async def check(self) -> CheckResult:
        """Degraded while a case is left out."""
        if not self._reasons:
            return OK
        named = ", ".join(list(self._reasons)[:NAMED_MAX])
        reason = next(iter(self._reasons.values()))
        return CheckResult("degraded", f"{len(self._reasons)} left out ({named}): {reason}")

    def _park(self, case: str, reason: str) -> None:
        if self._reasons.get(case) != reason:  # logged once, however often it is tried
            structlog.get_logger().warning("case left out", task=self.task, case=case, why=reason)
        self._reasons[case] = reason


class ParkedMetrics(Collector):
    """The metric of several tasks, read when it is scraped."""

    def __init__(self, tasks: Sequence[ParkedCases]) -> None:
        self._tasks = tasks

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily(
            "janji_parked_cases", "Cases that a task can't handle and leaves out", labels=["task"]
        )
        for each in self._tasks:
            gauge.add_metric([each.task], len(each.reasons))
        yield gauge
