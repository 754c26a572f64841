"""A process that appends as fast as it can and says so: it stands for an API that a test kills.

`python -m tests.support.processes.writer_process URL WRITERS COMMANDS`: each of WRITERS tasks
appends COMMANDS notes, one after the other. A line `sent KEY` goes out before each command, and
a line `accepted KEY POSITION` after its answer; each is a single write to the pipe, so a line is
whole or not there, whenever the process is killed.
"""

import asyncio
import os
import sys
from uuid import uuid4

from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.event_logs import running
from testbed.notes import note


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def write(log: EventLog, commands: int) -> None:
    for _ in range(commands):
        key = uuid4().hex
        say("sent", key)
        appended = await log.append(note(), key=CommandKey(key, b"request"))
        say("accepted", key, appended.last_position)


async def main(url: str, writers: int, commands: int) -> None:
    async with running(url) as log:
        await asyncio.gather(*(write(log, commands) for _ in range(writers)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
