"""Free ports that stay free while their server is down for a moment."""

import random
import socket
from contextlib import closing

# Below the kernel's range for outgoing connections (32768 on): one of those could take the port of
# a restarting server. At random, so that two concurrent callers hardly ever choose the same.
CHOSEN_FROM = range(20_000, 32_000)
PORTS = range(1, 65_536)
TRIES_MAX = 1_000


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    if port not in PORTS:
        return False
    with closing(socket.socket()) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """That many different free ports."""
    found: set[int] = set()
    for _ in range(TRIES_MAX):
        port = random.choice(CHOSEN_FROM)  # noqa: S311 - not a secret
        if is_free(port):
            found.add(port)
        if len(found) == count:
            return list(found)
    raise OSError(f"no {count} free ports between {CHOSEN_FROM.start} and {CHOSEN_FROM.stop}")
