"""uvicorn's HTTP protocol with the limits that uvicorn leaves to a proxy.

A client must not fill the memory with an endless request head, with requests that it sends without
reading their responses, or with responses that it doesn't take; nor hold a connection by sending
nothing, or a byte a minute. Each of these ends the connection. uvicorn's own time between two
requests ends with any byte, such as a stray line end; ours begins with the last response.
"""

import fcntl
import struct
import termios
from asyncio import Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.web.bounds.connections import ConnectionTable, NetworkConnections

HEAD_BYTES_MAX = 65_536  # plus one read of the socket
FIRST_BYTE_SECONDS_MAX = 30.0  # a caller with thousands of connections needs that long
NEXT_BYTE_SECONDS_MAX = 10.0  # between two requests, where uvicorn doesn't end it before
HEAD_SECONDS_MAX = 20.0
RECEIVE_SECONDS_MAX = 60.0  # for a whole request; enough for 1 MiB on a slow line
TAKE_SECONDS_MAX = 30.0  # for a response, and what it needs at the slowest speed
TAKE_BYTES_PER_SECOND = 32_768
PIPELINED_MAX = 32  # requests that wait for the response before theirs
REFUSED_SECONDS_MAX = 2.0  # until a refused caller has read why

HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"content-length: 0\r\nretry-after: 5\r\nconnection: close\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    transport: Transport
    server_state: ConnectionTable

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = ""
        self.network: NetworkConnections | None = None
        self.waits_since: float | None = None
        self._is_receiving = False
        self._refused_at: float | None = None
        self._head_bytes: int | None = None  # None: between two heads
        self._take_until: float | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if reason := self.server_state.admit(self):
            self._refuse(reason)
        else:
            self._wait()

    def _refuse(self, reason: str) -> None:
        """Say so, then read on until the caller closes: else they would see a broken connection."""
        self.server_state.refusals.count(reason, self.address)
        if self.server_state.is_crowded:
            self.transport.abort()
            return
        self._refused_at = self.loop.time()
        self.transport.write(NO_ROOM)
        self.transport.write_eof()

    def data_received(self, data: bytes) -> None:
        if self._refused_at is not None:
            return
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
                self.server_state.refusals.count("head", self.address)
                self.transport.write(HEAD_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        self._is_receiving = True
        if self.waits_since is not None:
            self.waits_since = self.loop.time()
        if not self.transport.get_write_buffer_size():
            self._take_until = None

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        if len(self.pipeline) >= PIPELINED_MAX:
            self.end("pipelined")
            raise ConnectionAbortedError  # ends the parser's work on what has come
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_receiving = False
        super().on_message_complete()
        if self.cycle.response_complete:  # refused before its body had come
            self._wait()
        else:
            self.waits_since = None
            self.server_state.works(self)

    def on_response_complete(self) -> None:
        is_last = not self.pipeline
        super().on_response_complete()
        if is_last:
            self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.server_state.waits(self)

    def resume_writing(self) -> None:
        self._take_until = None
        super().resume_writing()
        if self.waits_since is None:
            self.server_state.works(self)

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            self.server_state.refusals.count("malformed", self.address)
            super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.forget(self)
        super().connection_lost(exc)

    def has_unread(self) -> bool:
        """Whether bytes have come that this process will read."""
        if self.flow.write_paused:
            return False
        descriptor = self.transport.get_extra_info("socket").fileno()
        unread = fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0))
        return any(unread)

    def overdue(self, now: float) -> str | None:
        """What took too long, if anything did."""
        if self._refused_at is not None:
            return "refused" if now - self._refused_at > REFUSED_SECONDS_MAX else None
        if self._is_unread(now):
            return "unread"
        if self.waits_since is None:
            return None
        seconds = now - self.waits_since
        if not self._is_receiving:
            is_first = self.cycle is None
            seconds_max = FIRST_BYTE_SECONDS_MAX if is_first else NEXT_BYTE_SECONDS_MAX
            return "silent" if seconds > seconds_max else None
        if self._head_bytes is not None and seconds > HEAD_SECONDS_MAX:
            return "slow"
        return "slow" if seconds > RECEIVE_SECONDS_MAX else None

    def _is_unread(self, now: float) -> bool:
        """Whether the response lies here for longer than a slow line needs to take it."""
        size_bytes = self.transport.get_write_buffer_size()
        if not size_bytes:
            self._take_until = None
        elif self._take_until is None:
            self._take_until = now + TAKE_SECONDS_MAX + size_bytes / TAKE_BYTES_PER_SECOND
        return self._take_until is not None and now > self._take_until

    def end(self, reason: str) -> None:
        if reason != "refused":  # counted when it was refused
            self.server_state.refusals.count(reason, self.address)
        self.server_state.forget(self)
        self.transport.abort()

    def _wait(self) -> None:
        self.waits_since = self.loop.time()
        self.server_state.waits(self)
