"""Connections that say nothing, too little, or never listen: the next reader is answered at once.

Tried before, with 1,024 descriptors: 1,000 silent connections and nothing answered or was logged;
one stray line end kept a connection for good; 30 readers that never read held 62 MB.
"""

import asyncio
from pathlib import Path

import pytest

from testbed.eventually import eventually
from tests.support.processes.bounded_trial import PAGE, BoundedTrial, Stranger, bounded_trial

pytestmark = pytest.mark.system
STRANGERS = 1_100
FIRST_BYTE_SECONDS_MAX = 10.0  # a service that hangs answers after its strangers have gone, in 30 s
ENDED_SECONDS_MAX = 10.0
READERS = 30
GROWTH_MB_MAX = 15
GET = f"GET {PAGE} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\n\r\n".encode()
POST = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\n"

SAID = {
    "nothing": b"",
    "a line end": b"\r\n",
    "half a head": GET[:20],
    "half a body": POST + b"{",
    "a line end after an answer": GET + b"\r\n",
}


async def strangers(trial: BoundedTrial, said: bytes, number: int = STRANGERS) -> list[Stranger]:
    return await asyncio.gather(*(trial.stranger(said) for _ in range(number)))


def leave(all_of_them: list[Stranger]) -> None:
    for each in all_of_them:
        each.writer.close()


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
async def test_thousand_strangers_shut_nobody_out(tmp_path: Path, said: bytes) -> None:
    async with bounded_trial(tmp_path) as trial:
        there = await strangers(trial, said)

        assert await trial.first_byte_seconds() < FIRST_BYTE_SECONDS_MAX
        assert await trial.first_byte_seconds() < FIRST_BYTE_SECONDS_MAX
        leave(there)


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
async def test_connection_that_says_too_little_ends_and_is_counted(
    tmp_path: Path, said: bytes
) -> None:
    async with bounded_trial(tmp_path, hurried=True) as trial:
        stranger = await trial.stranger(said)

        assert await stranger.is_ended(ENDED_SECONDS_MAX)
        await eventually(lambda: _has_ended(trial, 1), seconds=ENDED_SECONDS_MAX)
        leave([stranger])


async def _has_ended(trial: BoundedTrial, number: int) -> bool:
    return sum(trial.refused().values()) == number


async def test_readers_who_never_read_hold_no_memory(tmp_path: Path) -> None:
    async with bounded_trial(tmp_path) as trial:
        await trial.first_byte_seconds()
        before_mb = trial.memory_mb
        there = await strangers(trial, GET * 5_000, READERS)

        await eventually(lambda: _has_ended(trial, READERS), seconds=ENDED_SECONDS_MAX)
        assert trial.memory_mb - before_mb <= GROWTH_MB_MAX
        assert await trial.first_byte_seconds() < FIRST_BYTE_SECONDS_MAX
        leave(there)


async def test_response_that_nobody_takes_ends_with_its_connection(tmp_path: Path) -> None:
    """Some lie in the system's buffers; beyond them, they would lie in the process."""
    async with bounded_trial(tmp_path, hurried=True) as trial:
        stranger = await trial.stranger()
        asked = GET.replace(PAGE.encode(), (await trial.style_path()).encode()) * 8
        stranger.writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def is_unread() -> bool:
            if not stranger.writer.transport.is_closing():
                stranger.writer.write(asked)
            return trial.refused().get("unread") == 1

        await eventually(is_unread, seconds=ENDED_SECONDS_MAX)
        leave([stranger])
