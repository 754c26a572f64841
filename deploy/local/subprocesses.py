"""Subprocesses that run to their end, and bounded waits; each failure is one line."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from deploy.failures import CannotStart

LOOK_AGAIN_SECONDS = 0.05


async def run(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """The command's output; `CannotStart` with its last line if it fails. Cancelled: killed."""
    name = Path(command[0]).name
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except FileNotFoundError as missing:
        raise CannotStart(f"{name} is not installed") from missing
    try:
        output = (await process.communicate())[0].decode(errors="replace").strip()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        last = output.rpartition("\n")[2] or "it said nothing"
        raise CannotStart(f"{name} failed (exit code {process.returncode}): {last}")
    return output


async def wait_until(
    holds: Callable[[], Awaitable[bool]], *, seconds: float, otherwise: Callable[[], str]
) -> None:
    """Wait until it holds; after `seconds`, `CannotStart` with the message of `otherwise`."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                if await holds():
                    return
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise CannotStart(otherwise()) from None
