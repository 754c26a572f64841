"""The public's limit in PostgreSQL: a burst, then one per interval, at each level of networks."""

from collections.abc import AsyncIterator, Callable

import pytest
from starlette.requests import Request

from services.complaints.rate_limit import public_limit
from services.complaints.rate_limit.public_limit import PublicLimit
from services.complaints.rate_limit.rates import Rate, Rates
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from testbed.http import scope

MUCH = Rate(1_000, 60.0)
STRANGER = "192.0.2.1"


@pytest.fixture
async def limit(database: Callable[[str], Database]) -> AsyncIterator[PublicLimit]:
    async with limit_on(database("complaints")) as limit:
        yield limit


def limit_on(database: Database) -> PublicLimit:
    return PublicLimit(database.app_url, lambda: b"k" * 32, proxies=1)


def rates(
    household: Rate = MUCH,
    *,
    network: Rate = MUCH,
    everybody: Rate = MUCH,
    share: Rate = MUCH,
    shares: Rate = MUCH,
) -> Rates:
    return Rates("trying", household, network, everybody, share, shares)


async def sent(limit: PublicLimit, given: Rates, *addresses: str) -> list[int]:
    """How long each has to wait, one after another."""
    requests = [Request(scope("POST", "/", {"x-forwarded-for": each})) for each in addresses]
    return [await limit.wait_seconds(request, given) for request in requests]


async def test_request_after_the_burst_waits(limit: PublicLimit) -> None:
    waits = await sent(limit, rates(Rate(3, 100.0)), *["203.0.113.7"] * 5)

    assert waits == [0, 0, 0, 100, 100]


async def test_caller_that_waited_as_long_as_told_may_go_on(limit: PublicLimit) -> None:
    given = rates(Rate(1, 0.3))
    assert await sent(limit, given, STRANGER, STRANGER) == [0, 1]

    await eventually(lambda: _is_allowed(limit, given))


async def _is_allowed(limit: PublicLimit, given: Rates) -> bool:
    return await sent(limit, given, STRANGER) == [0]


async def test_household_has_all_addresses_of_its_network(limit: PublicLimit) -> None:
    one = rates(Rate(1, 100.0))

    waits = await sent(limit, one, "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")

    assert waits == [0, 100, 0]


async def test_address_is_the_same_in_the_form_of_the_other_protocol(limit: PublicLimit) -> None:
    waits = await sent(limit, rates(Rate(1, 100.0)), "203.0.113.7", "::ffff:203.0.113.7")

    assert waits == [0, 100]


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["2001:db8:1:1::", "2001:db8:1:2::", "2001:db8:1:3::"], id="a /48"),
        pytest.param(["203.0.113.1", "203.0.113.2", "203.0.113.3"], id="a /24"),
    ],
)
async def test_network_is_held_up_and_its_neighbour_is_not(
    limit: PublicLimit, addresses: list[str]
) -> None:
    waits = await sent(limit, rates(network=Rate(2, 100.0)), *addresses, STRANGER)

    assert waits == [0, 0, 100, 0]


async def test_network_sends_its_share_when_others_have_sent_everything(limit: PublicLimit) -> None:
    given = rates(everybody=Rate(3, 100.0), share=Rate(2, 200.0))
    await sent(limit, given, "198.51.100.1", "198.51.101.1", "198.51.102.1")

    waits = await sent(limit, given, *[STRANGER] * 3)

    assert waits == [0, 0, 100]


async def test_many_networks_of_one_provider_have_one_share_of_shares(limit: PublicLimit) -> None:
    given = rates(everybody=Rate(1, 100.0), share=Rate(1, 300.0), shares=Rate(2, 200.0))
    await sent(limit, given, "198.51.100.1")

    waits = await sent(limit, given, *[f"2001:db8:{number}::" for number in range(4)], STRANGER)

    assert waits == [0, 0, 100, 100, 0]


async def test_replicas_count_together(database: Callable[[str], Database]) -> None:
    here, given = database("complaints"), rates(Rate(3, 100.0))

    async with limit_on(here) as one, limit_on(here) as other:
        waits = [
            *await sent(one, given, *[STRANGER] * 2),
            *await sent(other, given, *[STRANGER] * 2),
        ]

    assert waits == [0, 0, 0, 100]


async def test_database_knows_no_address_and_forgets_who_may_burst_again(
    database: Callable[[str], Database],
) -> None:
    here, soon = database("complaints"), rates(Rate(1, 0.001))
    async with limit_on(here) as limit, connected(here.owner_url) as owner:
        await sent(limit, soon, "203.0.113.7")
        rows = await owner.fetch("select name from allowances")
        await owner.execute("update allowances set full_at = full_at - interval '1 day'")
        await sent(limit, soon, STRANGER)
        left = await owner.fetchval("select count(*) from allowances where name = $1", rows[0][0])

    assert b"203.0.113" not in b"".join(row["name"] for row in rows)
    assert left == 0


async def test_memory_of_those_who_wait_has_a_bound(
    limit: PublicLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_limit, "WAITING_MAX", 5)
    addresses = [f"203.0.113.{number}" for number in range(10)]

    await sent(limit, rates(Rate(1, 100.0)), *addresses, *addresses)

    assert len(limit._waiting) == 5
