"""The projection service as a process with a clock of its own, which kills itself at a given point.

`python -m tests.support.processes.projection_process NOW POINT TIMES`: its clock shows NOW (ISO)
until the first look at what is due, however long the start takes, and then runs. At POINT, for the
TIMES-th time, it sends itself SIGKILL. The points stand here, around methods of the product, which
knows nothing of them:

rolled     a source's figures have been rolled to the next day
raising    it is known which alerts are missing, and none of them is raised
appended   an alert is in the log
published  some are on their way to the broker
confirmed  the broker has them, and the relay's position says nothing of it
"""

import math
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from services.projections.alerts import process as alerting
from services.projections.alerts.process import AlertProcess
from services.projections.ingest.projector import Projection
from services.projections.main import ProjectionsSettings, build
from shared.eventstore.log import EventLog
from shared.messaging.relay.leadership import Leadership
from shared.messaging.relay.publisher import WindowSender
from shared.runtime.server import run
from tests.support.clocks.fake_clock import RunningClock

CASES_AT_ONCE = 8  # so that a crash finds some alerts raised and others not

POINTS: dict[str, tuple[type, str]] = {
    "rolled": (Projection, "roll"),
    "raising": (AlertProcess, "_raise"),
    "appended": (EventLog, "append"),
    "published": (WindowSender, "send"),
    "confirmed": (Leadership, "store"),
}
DIES_BEFORE = ("raising", "confirmed")


def arm(point: str, times: int) -> None:
    """Put the crash point around its method."""
    owner, name = POINTS[point]
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)
    left = times

    async def fused(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        is_last = (left := left - 1) == 0
        if is_last and point in DIES_BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await method(*arguments, **named)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, fused)


def run_on_from_the_first_look(fake_clock: RunningClock) -> None:
    """A start that took longer than the clock has to midnight would never see it come."""
    look = AlertProcess.raise_missing

    async def looked(self: AlertProcess) -> int:
        raised = await look(self)
        fake_clock.began_seconds = min(fake_clock.began_seconds, time.monotonic())
        return raised

    setattr(AlertProcess, "raise_missing", looked)  # noqa: B010  (mypy lets no method be assigned)


def agrees(fake_clock: RunningClock) -> Callable[[EventLog], Awaitable[datetime]]:
    async def clock(_log: EventLog) -> datetime:
        return fake_clock()

    return clock


if __name__ == "__main__":
    fake_clock = RunningClock(datetime.fromisoformat(sys.argv[1]), began_seconds=math.inf)
    run_on_from_the_first_look(fake_clock)
    setattr(EventLog, "clock", agrees(fake_clock))  # noqa: B010  (as above)
    alerting.CASES_AT_ONCE = CASES_AT_ONCE
    arm(sys.argv[2], int(sys.argv[3]))
    run("projections", ProjectionsSettings, build, fake_clock)
