"""Processes of the product without the second that Python takes to import it.

Each test worker has a server (`fork_server.py`) that has imported everything; a copy of it gets an
environment and a standard output of its own, and is `python -m MODULE ARGUMENTS` from then on.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import pytest

ROOT = Path(__file__).parents[3]
WIDE = {"COLUMNS": "200"}  # of the terminal, which Rich asks for when it is imported


class Forked:
    """One of the copies, used as an `asyncio.subprocess.Process` is."""

    def __init__(
        self, pid: int, stdout: asyncio.StreamReader, status: asyncio.StreamReader
    ) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._status = status

    async def wait(self) -> int:
        """Its exit code; after a signal the signal's number, negative."""
        if self.returncode is None:
            self.returncode = int(await self._status.readline())
        return self.returncode

    async def communicate(self) -> tuple[bytes, None]:
        """All that it prints."""
        printed = await self.stdout.read()
        await self.wait()
        return printed, None

    def send_signal(self, number: int) -> None:
        """Raises ProcessLookupError if it has ended."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def forked(
    module: str, *arguments: str, environment: Mapping[str, str], stderr: int = DEVNULL
) -> Forked:
    """`python -m MODULE ARGUMENTS` in the project's root; `stderr` is DEVNULL or STDOUT."""
    request = {"module": module, "arguments": arguments, "environment": dict(environment)}
    printed, stdout = os.pipe()
    status, ended = os.pipe()
    errors = os.dup(stdout) if stderr == STDOUT else os.open(os.devnull, os.O_WRONLY)
    given = [stdout, errors, ended]
    try:
        pid = await asyncio.to_thread(SERVER.ask, json.dumps(request).encode(), given)
    finally:
        for descriptor in given:
            os.close(descriptor)
    return Forked(pid, await _reader(printed), await _reader(status))


async def _reader(pipe: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
    return reader


class Server:
    """The one of this worker, started when it is first asked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, descriptors: list[int]) -> int:
        """The process number of a new copy."""
        with self._lock:
            connection = self._socket or self._start()
            socket.send_fds(connection, [request], descriptors)
            return int(connection.recv(64))

    def _start(self) -> socket.socket:
        self._socket, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.processes.fork_server", str(its.fileno())],
                cwd=ROOT,
                env=os.environ | WIDE,
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._socket

    def end(self) -> None:
        if self._socket and self._process:
            self._socket.close()
            self._process.wait()


SERVER = Server()


@pytest.hookimpl(tryfirst=True)  # before the run looks for processes that were left
def pytest_sessionfinish() -> None:
    SERVER.end()
