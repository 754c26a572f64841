"""A process with a replica of the requests service that takes an amended calendar to its cases.

`python -m tests.support.processes.sweep_process DATABASE`: a line `moved` goes out after each
case whose due date moved, so that a test can kill it in between.
"""

import asyncio
import sys
from uuid import UUID

from services.requests.application import Requests
from testbed.databases import Database
from tests.support.cases.swept_requests import swept_requests
from tests.support.processes.writer_process import say


def tell(requests: Requests) -> None:
    """It says so when it has moved a case."""
    change = requests.cases.change_due_date

    async def change_and_say(id_: UUID) -> bool:
        moved = await change(id_)
        if moved:
            say("moved")
        return moved

    requests.cases.change_due_date = change_and_say  # type: ignore[method-assign]


async def main(url: str) -> None:
    async with swept_requests(Database(owner_url=url, app_url=url)) as office:
        replica = await office.replica()
        tell(replica.requests)
        await replica.look()
        say("done")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
