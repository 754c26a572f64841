"""The proxy's faults, against an echo server: a fault test is worth what its proxy does."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from testbed.frames import amqp_frames, is_heartbeat
from testbed.proxy import Direction, Proxy

HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
FRAME = b"\x01\x00\x01\x00\x00\x00\x02hi\xce"
SOON_SECONDS = 5.0

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1024):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Proxy("127.0.0.1", port, frames=amqp_frames) as proxy:
        yield proxy
    server.close()


async def connected(proxy: Proxy) -> Stream:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(FRAME)
    assert await heard(reader, FRAME)
    return reader, writer


async def heard(reader: asyncio.StreamReader, frame: bytes) -> bool:
    async with asyncio.timeout(SOON_SECONDS):
        return await reader.readexactly(len(frame)) == frame


async def test_bytes_pass_both_ways(proxy: Proxy) -> None:
    await connected(proxy)

    assert proxy.passed_bytes(Direction.TO_SERVER) == len(FRAME)


async def test_a_cut_ends_the_connection_and_lets_a_new_one_in(proxy: Proxy) -> None:
    reader, _ = await connected(proxy)

    await proxy.cut()

    assert await reader.read() == b""
    await connected(proxy)


async def test_frozen_bytes_arrive_after_the_thaw(proxy: Proxy) -> None:
    reader, writer = await connected(proxy)
    proxy.freeze(Direction.TO_CLIENT)
    writer.write(FRAME)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)

    proxy.thaw()

    assert await heard(reader, FRAME)


async def test_a_needle_freezes_the_frame_that_holds_it(proxy: Proxy) -> None:
    reader, writer = await connected(proxy)
    caught = proxy.freeze_at(b"COMMIT", Direction.TO_SERVER)
    commit = FRAME.replace(b"\x02hi", b"\x06COMMIT")
    writer.write(FRAME + commit)

    async with asyncio.timeout(SOON_SECONDS):
        await caught.wait()

    assert await heard(reader, FRAME)
    proxy.thaw()
    assert await heard(reader, commit)


async def test_dropped_frames_vanish_but_heartbeats_pass(proxy: Proxy) -> None:
    reader, writer = await connected(proxy)
    proxy.drop(Direction.TO_CLIENT, but=is_heartbeat)

    writer.write(FRAME + HEARTBEAT)

    assert await heard(reader, HEARTBEAT)
    assert proxy.dropped_frames(Direction.TO_CLIENT) == 1


async def test_a_half_open_client_is_not_told(proxy: Proxy) -> None:
    reader, writer = await connected(proxy)

    proxy.half_open()

    writer.write(FRAME)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)


async def test_a_refusing_proxy_turns_new_clients_away(proxy: Proxy) -> None:
    await proxy.refuse()

    reader, _ = await asyncio.open_connection("127.0.0.1", proxy.port)
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
