"""The client's address and network: only our own proxies are believed."""

import pytest

from shared.web.security.client_network import UNKNOWN, client_address, network_of
from testbed.http import scope


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "address"),
    [
        pytest.param("203.0.113.7", 0, "127.0.0.1", id="nobody of ours wrote it"),
        pytest.param("203.0.113.7", 1, "203.0.113.7", id="one proxy of ours"),
        pytest.param("made-up, 203.0.113.7", 1, "203.0.113.7", id="the client made one up"),
        pytest.param("made-up, 203.0.113.7, 10.0.0.1", 2, "203.0.113.7", id="two proxies of ours"),
        pytest.param("203.0.113.7", 2, "127.0.0.1", id="less than there should be"),
        pytest.param("", 1, "127.0.0.1", id="nothing at all"),
        pytest.param("::ffff:203.0.113.7", 1, "203.0.113.7", id="written as the other protocol's"),
    ],
)
def test_only_our_own_proxies_are_believed(forwarded_for: str, proxies: int, address: str) -> None:
    request = scope("GET", "/", {"x-forwarded-for": forwarded_for})

    assert str(client_address(request, proxies)) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("a socket's name", UNKNOWN),
    ],
)
def test_network_is_what_one_subscriber_may_own(address: str, network: str) -> None:
    assert network_of(scope("GET", "/", {"x-forwarded-for": address}), 1) == network
