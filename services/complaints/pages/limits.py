"""How often somebody may send a form: so often from one address, so often from all together.

Instead of a riddle that keeps out those who see badly. Many people share an address (a village's
mobile network, an office), so it may send several at once; then one by one as time passes. The
address itself is kept nowhere: only a hash of it under a key that this process draws at its start
and forgets at its end. Each replica counts for itself.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

ADDRESSES_MAX = 10_000  # about 2 MB; beyond, the one that was quiet for longest is forgotten
PREFIX_BITS = 64  # of IPv6: what one household gets


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and from then on one every `every_seconds`."""

    burst: int
    every_seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """From one address, and from all together."""

    each: Rate
    overall: Rate


COMPLAINING = Rates(each=Rate(20, 30.0), overall=Rate(200, 1.0))
FOLLOWING = Rates(each=Rate(60, 2.0), overall=Rate(600, 0.05))


class Limit:
    """Counts what is sent, and says how long to wait (the generic cell rate algorithm)."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float]) -> None:
        self._rates = rates
        self._monotonic = monotonic
        self._secret = secrets.token_bytes(32)
        self._full_at: OrderedDict[bytes, float] = OrderedDict()  # when each has its burst again
        self._overall_full_at = 0.0

    def wait_seconds(self, address: str) -> int:
        """0 if this one may go on, and then it counts; else whole seconds until the next may."""
        now, who = self._monotonic(), self._hash(address)
        full_at = self._full_at.get(who, now)
        wait = max(
            _wait(self._rates.each, full_at, now),
            _wait(self._rates.overall, self._overall_full_at, now),
        )
        if wait > 0:
            return math.ceil(wait)
        self._full_at[who] = max(full_at, now) + self._rates.each.every_seconds
        self._full_at.move_to_end(who)
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
    """An IPv6 address's network: its owner has all the addresses in it."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(read, IPv6Address):
        return str(read)
    return str(read.ipv4_mapped or int(read) >> (128 - PREFIX_BITS))


def client_address(peer: str, forwarded_for: str, proxies: int) -> str:
    """Whose request this is, behind so many proxies of our own.

    Each proxy writes at the end of X-Forwarded-For whom it heard; what stands before, anybody
    may have made up.
    """
    heard = [each.strip() for each in forwarded_for.split(",") if each.strip()]
    return heard[-proxies] if 0 < proxies <= len(heard) else peer
