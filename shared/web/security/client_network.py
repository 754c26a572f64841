"""The client's address behind our own proxies, and the network that it lies in.

An address is personal data; its network is not, and it is what an attacker can't change at will:
a household owns all addresses of its /64, a rented server often those of a /48.
"""

from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

UNKNOWN = "unknown"

current_scope: ContextVar[MutableMapping[str, Any]] = ContextVar("scope", default={"headers": ()})  # noqa: B039  nobody keeps anything in it
"""The request that is being answered."""

BITS = {4: 24, 6: 48}  # of the network that one subscriber of a provider may own


def network_of(scope: Mapping[str, Any], proxies: int) -> str:
    """The network of the client of this request, like 203.0.113.0/24 or 2001:db8:1::/48."""
    address = client_address(scope, proxies)
    return UNKNOWN if address is None else prefix(address, BITS[address.version])


def prefix(address: IPv4Address | IPv6Address, bits: int) -> str:
    return str(ip_network((address, bits), strict=False))


def client_address(scope: Mapping[str, Any], proxies: int) -> IPv4Address | IPv6Address | None:
    """The client's address behind this number of our own proxies; None if it is none.

    Each proxy appends its peer to X-Forwarded-For; the entries before those can be forged.
    """
    peer = (scope.get("client") or ("",))[0]
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    heard = [each.strip() for each in forwarded.decode("latin-1").split(",") if each.strip()]
    return address_of(heard[-proxies] if 0 < proxies <= len(heard) else peer)


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that is written as IPv6 is one; None is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
