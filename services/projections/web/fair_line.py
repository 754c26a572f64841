"""A line in which networks take turns: one caller at a time, however many one network sends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LineIsFull(Exception):
    """The caller's network has more callers in line than any other, and there is no room left."""


class FairLine:
    """For callers of one event loop. A cancelled caller leaves the line."""

    def __init__(self, callers_max: int) -> None:
        self._callers_max = callers_max
        self._callers = 0  # the one whose turn it is among them
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # the next network first

    @asynccontextmanager
    async def turn(self, network: str) -> AsyncIterator[None]:
        """Wait for a turn, which the block is. Raises LineIsFull."""
        if self._callers >= self._callers_max:
            self._crowd_out(network)
        self._callers += 1
        try:
            if self._callers > 1:
                await self._wait(network)
            try:
                yield
            finally:
                self._call_next()
        finally:
            self._callers -= 1

    async def _wait(self, network: str) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled() and called.exception() is None:
                self._call_next()  # cancelled in the moment of its turn
            raise

    def _call_next(self) -> None:
        while self._waiting:
            network = next(iter(self._waiting))
            of_network = self._waiting.pop(network)
            called = of_network.popleft()
            if of_network:
                self._waiting[network] = of_network  # behind all others
            if not called.done():
                called.set_result(None)
                return

    def _crowd_out(self, network: str) -> None:
        """The last caller of the network with most callers makes room, if it isn't this one's."""
        most = max(self._waiting, key=lambda each: len(self._waiting[each]), default=network)
        own = len(self._waiting.get(network, ()))
        if most == network or len(self._waiting[most]) <= own + 1:
            raise LineIsFull
        called = self._waiting[most].pop()
        if not called.done():
            called.set_exception(LineIsFull())
