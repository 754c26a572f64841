"""The public's pages in one of their states, on a port of this machine, for a browser."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

import uvicorn

from shared.office_time import local_date
from testbed.databases import clone, drop
from testbed.projected import projected
from testbed.surface import NOW
from tests.support.pages.page_states import HAPPENED
from tests.support.pages.public_pages import pages_of

READY_SECONDS_MAX = 60


@contextmanager
def serving(postgres: str, state: str = "full") -> Iterator[str]:
    """Its address; the server runs in a thread of its own, for the browser blocks this one."""
    ready: Future[uvicorn.Server] = Future()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=asyncio.run, args=(_serve(postgres, state, listening, ready),))
        thread.start()
        try:
            server = ready.result(READY_SECONDS_MAX)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True
        finally:
            thread.join()


async def _serve(
    postgres: str, state: str, listening: socket.socket, ready: Future[uvicorn.Server]
) -> None:
    """Until `should_exit`; what fails before it is ready is raised where it is waited for."""
    database = await clone(postgres, "projections")
    try:
        async with projected(database.app_url, local_date(NOW)) as figures:
            await figures.apply(HAPPENED[state]())
            if state not in ("stale", "bannered"):
                await figures.at_the_head()
            app = pages_of(figures, demonstration=state in ("demonstration", "bannered")).app
            server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
            ready.set_result(server)
            await server.serve(sockets=[listening])
    except Exception as error:
        if not ready.done():
            ready.set_exception(error)
        raise
    finally:
        await drop(postgres, database)
