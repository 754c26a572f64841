"""The health of a service, component by component.

Ready means that the service can answer commands or pages; a degraded component is shown but doesn't
make the service unready. The response carries the process id, because an orphaned process of an
earlier start may hold the same port.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
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
Check = Callable[[], Awaitable[CheckResult]]


class Health:
    """The components of one service, each with its own check."""

    def __init__(self, service: str, parts: Mapping[str, Check]) -> None:
        self.service = service
        self._parts = parts

    async def parts(self) -> Mapping[str, CheckResult]:
        """Runs all checks concurrently; cancellation leaves nothing behind."""
        found = await asyncio.gather(*map(_checked, self._parts.values()))
        return dict(zip(self._parts, found, strict=True))


async def _checked(check: Check) -> CheckResult:
    """A check that fails or hangs means that the component is down."""
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            return await check()
    except TimeoutError:
        return CheckResult("down", f"no answer within {CHECK_SECONDS_MAX:g} s")
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
