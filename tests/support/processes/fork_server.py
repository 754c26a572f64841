"""A process that has imported the product's libraries already, and forks at each request.

`python -m tests.support.processes.fork_server FD`: a request is a message of JSON on the socket FD,
with three descriptors: standard output, standard error, and where the exit code is written. It is
answered with the copy's process number. The server ends with the socket, and kills what is left.
"""

import array
import gc
import json
import os
import random
import runpy
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

REQUEST_BYTES_MAX = 1 << 20
DESCRIPTORS = 3
DESCRIPTORS_MAX = 1 << 16
IMPORTED = (
    *("aio_pika", "aiohttp", "asyncpg", "babel.dates", "brotli", "eventsourcing.domain", "fastapi"),
    *("jinja2", "joserfc.jwt", "msgspec", "pydantic_settings", "rich.progress", "structlog"),
    *("typer", "typer.rich_utils", "uvicorn", "uvloop"),
    *(f"services.{name}.main" for name in ("requests", "complaints", "projections")),
)


def main() -> None:
    for module in IMPORTED:
        import_module(module)
    gc.freeze()
    server = socket.socket(fileno=int(sys.argv[1]))
    copies: dict[int, int] = {}  # process number to where its exit code goes
    signal.signal(signal.SIGCHLD, lambda *_: reap(copies))
    while request := receive(server):
        said, descriptors = request
        *streams, ended = descriptors
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        if not (pid := os.fork()):
            become(said, streams)
        copies[pid] = ended
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        for stream in streams:
            os.close(stream)
        server.sendall(f"{pid}\n".encode())
    for pid in list(copies):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def receive(server: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    descriptors = array.array("i")
    room = socket.CMSG_LEN(DESCRIPTORS * descriptors.itemsize)
    content, given, *_ = server.recvmsg(REQUEST_BYTES_MAX, room)
    for _level, _type, data in given:
        descriptors.frombytes(data)
    return (json.loads(content), list(descriptors)) if content else None


def reap(copies: dict[int, int]) -> None:
    """Tell of every copy that has ended how it did."""
    with suppress(ChildProcessError):
        while ended := os.waitpid(-1, os.WNOHANG):
            pid, status = ended
            if not pid:
                return
            descriptor = copies.pop(pid)
            with suppress(BrokenPipeError):
                os.write(descriptor, f"{os.waitstatus_to_exitcode(status)}\n".encode())
            os.close(descriptor)


def become(said: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be `python -m MODULE ARGUMENTS` from here on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for stream, own in zip(streams, (1, 2), strict=True):
        os.dup2(stream, own)
    os.closerange(3, DESCRIPTORS_MAX)
    os.environ.clear()
    os.environ.update(said["environment"])
    random.seed()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.argv[1:] = said["arguments"]
    os._exit(run(said["module"]))


def run(module: str) -> int:
    """Its exit code, as the interpreter would have it."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # as the interpreter: whatever it died of is printed
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
