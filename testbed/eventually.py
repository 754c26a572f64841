"""Wait for a condition, with a bound: what tests do in place of sleeping and hoping."""

import asyncio
from collections.abc import Awaitable, Callable

ASK_AGAIN_SECONDS = 0.01


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float = 5.0) -> None:
    """Return as soon as it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  (a database sets no asyncio.Event)
            await asyncio.sleep(ASK_AGAIN_SECONDS)
