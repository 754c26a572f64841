"""Asks PostgreSQL whether a stranger may send one more; remembers who was told to wait.

No address is kept, only keyed hashes of the networks that it lies in. Who has to wait is refused
without the database until then, so that a flood of one network costs it nothing.
"""

import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from starlette.requests import Request

from services.complaints.rate_limit.rates import Rates
from shared.eventstore.database import as_log_unavailable
from shared.postgres.pool import Pool
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import TOO_MANY_REQUESTS
from shared.web.security.client_network import client_address

TAKE = "select wait_seconds, is_household from take_allowance_v1($1, $2, $3)"
ANSWER_SECONDS = 5
CONNECTIONS_MAX = 4
WAITING_MAX = 10_000  # about 2 MB; beyond, the first that was told to wait asks the database again


class PublicLimit:
    """Once open, it is safe for any number of tasks. `proxies` is the number of our own proxies."""

    def __init__(
        self,
        database_url: str,
        secret: Callable[[], bytes],
        *,
        proxies: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = Pool(
            database_url,
            name="ADU allowances",
            size_max=CONNECTIONS_MAX,
            answer_seconds=ANSWER_SECONDS,
        )
        self._secret = secret
        self._proxies = proxies
        self._monotonic = monotonic
        self._waiting: OrderedDict[bytes, float] = OrderedDict()  # until when

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable."""
        with as_log_unavailable():
            await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def wait_seconds(self, request: Request, rates: Rates) -> int:
        """0 if this request is allowed, and counts it; else whole seconds until one is allowed.

        Raises LogUnavailable.
        """
        wanted = rates.allowances(client_address(request.scope, self._proxies))
        names = [hmac.digest(self._secret(), name.encode(), "sha256")[:16] for name, _ in wanted]
        if (known := self._known_wait(names[:2])) > 0:
            return math.ceil(known)
        with as_log_unavailable():
            async with self._pool.acquire() as connection:
                bursts = [rate.burst for _, rate in wanted]
                intervals = [rate.every_seconds for _, rate in wanted]
                row = await connection.fetchrow(TAKE, names, bursts, intervals)
        assert row is not None, "a function answers"
        wait: float = row["wait_seconds"]
        if wait > 0:
            self._remember(names[0 if row["is_household"] else 1], wait)
        return math.ceil(wait)

    def keeping(self, rates: Rates) -> Callable[[Request], Awaitable[None]]:
        """A dependency: the request keeps these rates; 429 otherwise."""

        async def check(request: Request) -> None:
            if seconds := await self.wait_seconds(request, rates):
                raise Problem(TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})

        return check

    def _known_wait(self, names: list[bytes]) -> float:
        now = self._monotonic()
        return max(self._waiting.get(name, now) - now for name in names)

    def _remember(self, name: bytes, seconds: float) -> None:
        self._waiting[name] = self._monotonic() + seconds
        self._waiting.move_to_end(name)
        if len(self._waiting) > WAITING_MAX:
            self._waiting.popitem(last=False)
