"""The rate limit of posted forms: per address, and for all addresses together.

It replaces a CAPTCHA, which keeps out people who see badly. Many people share an address (a
village's mobile network, an office), so an address may send a burst, then one form per interval.
The address itself is not kept: only a keyed hash of it, whose key lives as long as the process.
Each replica counts for itself.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

ADDRESSES_MAX = 10_000  # about 2 MB; beyond, the least recently active one is forgotten
PREFIX_BITS = 64  # of IPv6: the network of one household


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` forms at once, then one per `every_seconds`."""

    burst: int
    every_seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """The rate of each address, and of all addresses together."""

    each: Rate
    overall: Rate


COMPLAINING = Rates(each=Rate(20, 30.0), overall=Rate(200, 1.0))
FOLLOWING = Rates(each=Rate(60, 2.0), overall=Rate(600, 0.05))


class RateLimit:
    """The generic cell rate algorithm: counts the forms and tells how long to wait."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float]) -> None:
        self._rates = rates
        self._monotonic = monotonic
        self._secret = secrets.token_bytes(32)
        self._full_at: OrderedDict[bytes, float] = OrderedDict()  # when each may burst again
        self._overall_full_at = 0.0

    def wait_seconds(self, address: str) -> int:
        """0 if this form is allowed, and counts it; else whole seconds until one is allowed."""
        now, key = self._monotonic(), self._hash(address)
        full_at = self._full_at.get(key, now)
        wait = max(
            _wait(self._rates.each, full_at, now),
            _wait(self._rates.overall, self._overall_full_at, now),
        )
        if wait > 0:
            return math.ceil(wait)
        self._full_at[key] = max(full_at, now) + self._rates.each.every_seconds
        self._full_at.move_to_end(key)
        if len(self._full_at) > ADDRESSES_MAX:
            self._full_at.popitem(last=False)
        self._overall_full_at = max(self._overall_full_at, now) + self._rates.overall.every_seconds
        return 0

    def _hash(self, address: str) -> bytes:
        return hashlib.blake2b(
            _household(address).encode(), key=self._secret, digest_size=16
        ).digest()


def _wait(rate: Rate, full_at: float, now: float) -> float:
    return full_at - now - (rate.burst - 1) * rate.every_seconds


def _household(address: str) -> str:
    """The address, or the network of an IPv6 address: a household owns all addresses in it."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(read, IPv6Address):
        return str(read)
    return str(read.ipv4_mapped or int(read) >> (128 - PREFIX_BITS))


def client_address(peer: str, forwarded_for: str, proxies: int) -> str:
    """The client's address behind this number of our own proxies.

    Each proxy appends its peer to X-Forwarded-For; the entries before those can be forged.
    """
    heard = [each.strip() for each in forwarded_for.split(",") if each.strip()]
    return heard[-proxies] if 0 < proxies <= len(heard) else peer
