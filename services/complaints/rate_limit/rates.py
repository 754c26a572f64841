"""How much strangers may send, at each of the networks that an address lies in.

Many people share an address (a village's mobile network, an office), so each network may send a
burst, then one per interval. Nobody owns one network only: a household has all addresses of its
/64, a rented server often those of a /48. So each level has a limit, and a network that is held up
by the limit for all may still send its own share: however much others send, a stranger gets in.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from shared.web.security.client_network import UNKNOWN, prefix

Address = IPv4Address | IPv6Address
BITS = {4: (32, 24, 16), 6: (64, 48, 32)}  # a household's, a subscriber's, a provider's network


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one per `every_seconds`."""

    burst: int
    every_seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """The rate of each household and network, of all together, and what each may send even then.

    `share` is of a network, `shares` of a provider, so that nobody sends by owning many networks.
    """

    name: str
    household: Rate
    network: Rate
    everybody: Rate
    share: Rate
    shares: Rate

    def allowances(self, address: Address | None) -> list[tuple[str, Rate]]:
        """The names and rates of what a request of this address takes from, in that order."""
        household, network, provider = networks(address)
        return [
            (f"{self.name} household {household}", self.household),
            (f"{self.name} network {network}", self.network),
            (f"{self.name} everybody", self.everybody),
            (f"{self.name} share {network}", self.share),
            (f"{self.name} shares {provider}", self.shares),
        ]


def networks(address: Address | None) -> list[str]:
    """The household, the network and the provider of an address."""
    if address is None:
        return [UNKNOWN] * 3
    return [prefix(address, bits) for bits in BITS[address.version]]


COMPLAINING = Rates(
    "complaining",
    household=Rate(20, 30.0),
    network=Rate(60, 5.0),
    everybody=Rate(200, 1.0),
    share=Rate(3, 60.0),
    shares=Rate(60, 5.0),
)
FOLLOWING = Rates(
    "following",
    household=Rate(60, 2.0),
    network=Rate(180, 0.5),
    everybody=Rate(600, 0.05),
    share=Rate(10, 10.0),
    shares=Rate(180, 0.5),
)
