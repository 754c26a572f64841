"""The health of a service, component by component.

Ready means that the service can answer commands or pages; a degraded component is shown but doesn't
make the service unready. The response carries the process id, because an orphaned process of an
earlier start may hold the same port.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse

CHECK_SECONDS_MAX = 1.0  # `janji status` waits two seconds; a component that hangs is down

HealthState = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The health of a component; `words` says in one sentence what is wrong."""

    state: HealthState = "ok"
    words: str = ""


OK = CheckResult()
HANGS = CheckResult("down", f"no answer within {CHECK_SECONDS_MAX:g} s")
Check = Callable[[], Awaitable[CheckResult]]


def degraded_by(words: Iterable[str | None]) -> CheckResult:
    """All that is wrong with a component that goes on working; no words, nothing."""
    said = "; ".join(filter(None, words))
    return CheckResult("degraded", said) if said else OK


class Health:
    """The components of one service, each with its own check."""

    def __init__(self, service: str, parts: Mapping[str, Check]) -> None:
        self.service = service
        self._parts = parts
        self._checking: dict[str, asyncio.Task[CheckResult]] = {}

    async def parts(self) -> Mapping[str, CheckResult]:
        """Runs all checks concurrently; one that hangs is cancelled, and nothing waits for that.

        It doesn't start again before it has ended. Cancelled, this leaves the checks running.
        """
        for name, check in self._parts.items():
            if name not in self._checking:
                task = self._checking[name] = asyncio.create_task(_checked(check))
                task.add_done_callback(partial(self._ended, name))
        checking = dict(self._checking)
        if checking:
            _, hanging = await asyncio.wait(checking.values(), timeout=CHECK_SECONDS_MAX)
            for task in hanging:
                task.cancel()
        return {name: _found(checking[name]) for name in self._parts}

    def _ended(self, name: str, _task: asyncio.Task[CheckResult]) -> None:
        del self._checking[name]


def _found(task: asyncio.Task[CheckResult]) -> CheckResult:
    return HANGS if not task.done() or task.cancelled() else task.result()


async def _checked(check: Check) -> CheckResult:
    """A check that fails means that the component is down."""
    try:
        return await check()
    except Exception as error:
        return CheckResult("down", type(error).__name__)


def health_router(health: Health) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"])
    here = {"service": health.service, "pid": os.getpid()}

    @router.get("/live", summary="The process answers")
    async def live() -> JSONResponse:
        return JSONResponse({"status": "ok", **here})

    @router.get("/ready", summary="Commands or pages can be answered", responses={503: {}})
    async def ready() -> JSONResponse:
        parts = await health.parts()
        state = worst(part.state for part in parts.values())
        said = {name: {"status": p.state, "detail": p.words} for name, p in parts.items()}
        return JSONResponse(
            {"status": state, **here, "parts": said}, status_code=503 if state == "down" else 200
        )

    return router


def worst(states: Iterable[HealthState]) -> HealthState:
    return max(states, key=("ok", "degraded", "down").index, default="ok")
