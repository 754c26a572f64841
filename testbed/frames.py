"""How a stream of bytes is cut into the units that the proxy drops, freezes and rewrites."""

from collections.abc import Callable, Iterator

_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
_AMQP_HEAD_BYTES = 7  # type (1), channel (2), size (4); the payload and one end octet follow
_AMQP_HEARTBEAT = 8

Frames = Callable[[bytearray], Iterator[bytes]]
"""Takes all whole frames out of a buffer and leaves the rest for the next call."""


def raw_frames(buffer: bytearray) -> Iterator[bytes]:
    """Bytes as they arrive: the chunk is the frame."""
    if buffer:
        chunk = bytes(buffer)
        buffer.clear()
        yield chunk


def amqp_frames(buffer: bytearray) -> Iterator[bytes]:
    """AMQP 0-9-1 frames, so that some kinds can be dropped without breaking the stream."""
    if buffer.startswith(_AMQP_GREETING):
        yield bytes(buffer[: len(_AMQP_GREETING)])
        del buffer[: len(_AMQP_GREETING)]
    while len(buffer) >= _AMQP_HEAD_BYTES:
        end = _AMQP_HEAD_BYTES + int.from_bytes(buffer[3:7], "big") + 1
        if len(buffer) < end:
            return
        yield bytes(buffer[:end])
        del buffer[:end]


def is_heartbeat(frame: bytes) -> bool:
    """Whether an AMQP frame only says that its sender lives."""
    return frame[0] == _AMQP_HEARTBEAT
