"""The rate limit: a burst, then one form per interval, in bounded memory."""

import pytest

from services.complaints.pages import rate_limit
from services.complaints.pages.rate_limit import Rate, RateLimit, Rates, client_address


class Clock:
    """Says what it is told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def limit(clock: Clock, *, burst: int = 3, overall: int = 100) -> RateLimit:
    """After the burst one every ten seconds, in all one a second."""
    return RateLimit(Rates(each=Rate(burst, 10.0), overall=Rate(overall, 1.0)), clock)


def sent(limit: RateLimit, address: str, times: int) -> list[int]:
    return [limit.wait_seconds(address) for _ in range(times)]


def test_request_after_the_burst_waits() -> None:
    assert sent(limit(Clock()), "203.0.113.7", 5) == [0, 0, 0, 10, 10]


def test_caller_that_waited_as_long_as_told_may_go_on() -> None:
    clock = Clock()
    each = limit(clock)
    sent(each, "203.0.113.7", 3)

    clock.seconds += each.wait_seconds("203.0.113.7")

    assert sent(each, "203.0.113.7", 2) == [0, 10]


def test_one_address_does_not_hold_up_another() -> None:
    each = limit(Clock())
    sent(each, "203.0.113.7", 9)

    assert each.wait_seconds("203.0.113.8") == 0


def test_many_addresses_together_are_held_up_too() -> None:
    each = limit(Clock(), overall=5)

    waits = [each.wait_seconds(f"203.0.113.{number}") for number in range(7)]

    assert waits == [0, 0, 0, 0, 0, 1, 1]


def test_a_household_has_all_addresses_of_its_network() -> None:
    each = limit(Clock(), burst=1)

    assert each.wait_seconds("2001:db8:1:2::1") == 0
    assert each.wait_seconds("2001:db8:1:2:ffff::9") > 0
    assert each.wait_seconds("2001:db8:1:3::1") == 0


def test_an_address_is_the_same_in_the_clothes_of_the_other_protocol() -> None:
    each = limit(Clock(), burst=1)
    each.wait_seconds("203.0.113.7")

    assert each.wait_seconds("::ffff:203.0.113.7") > 0


def test_the_memory_has_a_bound_and_knows_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "ADDRESSES_MAX", 10)
    each = limit(Clock(), overall=1_000)

    for number in range(50):
        each.wait_seconds(f"203.0.113.{number}")

    assert len(each._full_at) == 10
    assert b"203.0.113" not in b"".join(each._full_at)


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "address"),
    [
        pytest.param("203.0.113.7", 0, "peer", id="nobody of ours wrote it"),
        pytest.param("203.0.113.7", 1, "203.0.113.7", id="one proxy of ours"),
        pytest.param("made-up, 203.0.113.7", 1, "203.0.113.7", id="the client made one up"),
        pytest.param("made-up, 203.0.113.7, 10.0.0.1", 2, "203.0.113.7", id="two proxies of ours"),
        pytest.param("203.0.113.7", 2, "peer", id="less than there should be"),
        pytest.param("", 1, "peer", id="nothing at all"),
    ],
)
def test_only_our_own_proxies_are_believed(forwarded_for: str, proxies: int, address: str) -> None:
    assert client_address("peer", forwarded_for, proxies) == address
