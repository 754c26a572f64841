"""A TCP proxy that stands before PostgreSQL or RabbitMQ and misbehaves on command.

Everything a network can do to a connection is here as one verb: `cut`, `refuse`, `freeze`,
`freeze_at`, `delay`, `drop`, `rewrite`, `half_open`. Nothing is random: the test says when, and
`thaw` or `heal` says when it is over. One event loop owns it; no verb but `cut` and `refuse`
awaits anything, so a fault is in force from the very next byte.

    async with Proxy("127.0.0.1", 5672, frames=amqp_frames) as proxy:
        relay = Relay(proxy.url(vhost), …)
        proxy.drop(Direction.TO_CLIENT, but=is_heartbeat)  # confirms vanish, heartbeats live
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from testbed.frames import Frames, raw_frames

_CHUNK_BYTES_MAX = 64 * 1024


class Direction(Enum):
    """Which way the bytes flow."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


BOTH = (Direction.TO_SERVER, Direction.TO_CLIENT)


@dataclass(slots=True)
class _Lane:
    """What is done to one direction of every connection, now and until told otherwise."""

    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    delay_seconds: float = 0.0
    drops: Callable[[bytes], bool] | None = None
    rewrites: Callable[[bytes], bytes] | None = None
    needle: bytes | None = None
    caught: asyncio.Event = field(default_factory=asyncio.Event)
    passed_bytes: int = 0
    dropped_frames: int = 0

    def __post_init__(self) -> None:
        self.flowing.set()

    def heal(self) -> None:
        self.delay_seconds, self.drops, self.rewrites, self.needle = 0.0, None, None, None
        self.flowing.set()


class Proxy:
    """One listening port before one server. Use as an async context manager.

    Args:
        host, port: the real server.
        frames: how a stream is cut into the units that `drop` and `freeze_at` see.
    """

    def __init__(self, host: str, port: int, *, frames: Frames = raw_frames) -> None:
        self._host, self._port = host, port
        self._frames = frames
        self._lanes = {direction: _Lane() for direction in BOTH}
        self._links: set[_Link] = set()
        self._refusing = False
        self._server: asyncio.Server | None = None
        self.accepted_connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.heal()
        await self.cut()

    @property
    def port(self) -> int:
        """Where clients connect."""
        assert self._server is not None, "the proxy is not open"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, url: str) -> str:
        """The same URL, through this proxy."""
        parts = urlsplit(url)
        credentials, at, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{credentials}{at}127.0.0.1:{self.port}"))

    @property
    def open_connections(self) -> int:
        """How many connections live at this moment."""
        return len(self._links)

    def passed_bytes(self, direction: Direction) -> int:
        """How many bytes have gone through since the proxy opened."""
        return self._lanes[direction].passed_bytes

    def dropped_frames(self, direction: Direction) -> int:
        """How many frames have vanished since the proxy opened."""
        return self._lanes[direction].dropped_frames

    # Faults

    async def cut(self, *, reset: bool = False) -> None:
        """Close all connections on both sides: with FIN, or with RST. New ones are let in."""
        links = list(self._links)
        for link in links:
            link.end(reset=reset)
        await asyncio.gather(*(link.ended.wait() for link in links))

    async def refuse(self, *, reset: bool = True) -> None:
        """Cut all connections and turn away new ones, until `heal`: the server is gone."""
        self._refusing = True
        await self.cut(reset=reset)

    def half_open(self) -> None:
        """Close only the server's side: the client sends into silence and is not told."""
        for link in list(self._links):
            link.lose_server()

    def freeze(self, *directions: Direction) -> None:
        """Hold all bytes back, losing none, until `thaw`. Without directions: both."""
        for direction in directions or BOTH:
            self._lanes[direction].flowing.clear()

    def freeze_at(self, needle: bytes, direction: Direction) -> asyncio.Event:
        """Freeze one direction just before the first frame that holds these bytes.

        The event returned is set when that frame is being held. Bytes that are spread over two
        chunks are not found: choose a needle that the client sends in one write.
        """
        lane = self._lanes[direction]
        lane.needle = needle
        lane.caught.clear()
        return lane.caught

    def thaw(self, *directions: Direction) -> None:
        """Let flow again what `freeze` or `freeze_at` held, in order."""
        for direction in directions or BOTH:
            self._lanes[direction].needle = None
            self._lanes[direction].flowing.set()

    def delay(self, seconds: float, *directions: Direction) -> None:
        """Let every frame wait before it goes on, keeping the order. 0 ends it."""
        for direction in directions or BOTH:
            self._lanes[direction].delay_seconds = seconds

    def drop(self, direction: Direction, *, but: Callable[[bytes], bool] = lambda _: False) -> None:
        """Let frames vanish, except those that `but` spares (`is_heartbeat`), until `heal`."""
        self._lanes[direction].drops = lambda frame: not but(frame)

    def rewrite(self, direction: Direction, rewrites: Callable[[bytes], bytes]) -> None:
        """Let other frames arrive than were sent, until `heal`: a liar in the middle."""
        self._lanes[direction].rewrites = rewrites

    def heal(self) -> None:
        """End every fault. What was dropped stays lost; what was frozen flows."""
        self._refusing = False
        for lane in self._lanes.values():
            lane.heal()

    # Carrying

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
            return
        try:
            server = await asyncio.open_connection(self._host, self._port)
        except OSError:
            _reset(writer)
            return
        self.accepted_connections += 1
        link = _Link((reader, writer), server)
        self._links.add(link)
        try:
            await link.carry(self._lanes, self._frames)
        finally:
            self._links.discard(link)


_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One client's connection and the one to the server that belongs to it."""

    def __init__(self, client: _Stream, server: _Stream) -> None:
        self._client, self._server = client, server
        self._silent = False
        self._tasks: list[asyncio.Task[None]] = []
        self.ended = asyncio.Event()

    async def carry(self, lanes: dict[Direction, _Lane], frames: Frames) -> None:
        """Carry bytes both ways until one side closes or the link is ended."""
        ways = {
            Direction.TO_SERVER: (self._client[0], self._server[1]),
            Direction.TO_CLIENT: (self._server[0], self._client[1]),
        }
        self._tasks = [
            asyncio.create_task(self._flow(*ways[direction], lanes[direction], frames))
            for direction in BOTH
        ]
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self.end()

    def end(self, *, reset: bool = False) -> None:
        """Close both sides; idempotent."""
        for task in self._tasks:
            task.cancel()
        for _, writer in (self._client, self._server):
            with suppress(OSError):
                _reset(writer) if reset else writer.close()
        self.ended.set()

    def lose_server(self) -> None:
        """Close the server's side and go on swallowing what the client sends."""
        self._silent = True
        _reset(self._server[1])

    async def _flow(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lane: _Lane,
        frames: Frames,
    ) -> None:
        buffer = bytearray()
        while chunk := await self._read(reader):
            buffer += chunk
            for frame in frames(buffer):
                await self._pass(frame, writer, lane)
        if not self._silent:
            self.end()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.read(_CHUNK_BYTES_MAX)
        except OSError:
            return b""

    async def _pass(self, frame: bytes, writer: asyncio.StreamWriter, lane: _Lane) -> None:
        if lane.needle is not None and lane.needle in frame:
            lane.needle = None
            lane.flowing.clear()
            lane.caught.set()
        await lane.flowing.wait()
        if lane.delay_seconds:
            await _after(lane.delay_seconds)
        if lane.drops is not None and lane.drops(frame):
            lane.dropped_frames += 1
            return
        if lane.rewrites is not None:
            frame = lane.rewrites(frame)
        with suppress(OSError):
            writer.write(frame)
            await writer.drain()
        lane.passed_bytes += len(frame)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, as a machine does that has forgotten the connection."""
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _after(seconds: float) -> None:
    late = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, late.set)
    await late.wait()
