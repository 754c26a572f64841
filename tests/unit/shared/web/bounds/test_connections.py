"""Which connections end, and for whom, when there are too many."""

from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from shared.web.bounds.connections import (
    ConnectionTable,
    NetworkConnections,
    network_name,
)
from shared.web.bounds.refusals import ConnectionRefusals

TOTAL = 8  # a network may have 6 of them


@dataclass(eq=False)
class Caller:
    address: str
    table: ConnectionTable
    network: NetworkConnections | None = None
    waits_since: float | None = 0.0
    unread: bool = False
    ended: str = ""

    def has_unread(self) -> bool:
        return self.unread

    def overdue(self, _now: float) -> str | None:
        return None

    def end(self, reason: str) -> None:
        self.ended = reason
        self.table.forget(self)


def table(*, is_proxied: bool = False) -> ConnectionTable:
    return ConnectionTable(
        ConnectionRefusals(CollectorRegistry()), total_max=TOTAL, is_proxied=is_proxied
    )


def come(here: ConnectionTable, address: str, **state: Any) -> tuple[Caller, str | None]:
    caller = Caller(address, here, **state)
    refused = here.admit(caller)
    if refused is None and caller.waits_since is not None:
        here.waits(caller)
    return caller, refused


def come_all(here: ConnectionTable, addresses: list[str], **state: Any) -> list[Caller]:
    return [come(here, address, **state)[0] for address in addresses]


def test_networks_longest_silent_connection_makes_room_for_its_next() -> None:
    here = table()
    strangers = come_all(here, ["192.0.2.1"] * 6)

    _, refused = come(here, "192.0.2.1")

    assert refused is None
    assert [each.ended for each in strangers] == ["room", "", "", "", "", ""]


def test_unread_bytes_keep_a_connection() -> None:
    here = table()
    asking = come_all(here, ["192.0.2.1"] * 3, unread=True)
    silent = come_all(here, ["192.0.2.1"] * 3)

    assert come(here, "192.0.2.1")[1] is None

    assert [each.ended for each in (*asking, *silent)] == ["", "", "", "room", "", ""]


def test_request_in_work_is_not_ended_for_another() -> None:
    here = table()
    working = come_all(here, ["192.0.2.1"] * 6, waits_since=None)

    assert come(here, "192.0.2.1")[1] == "network"
    assert come(here, "198.51.100.1")[1] is None
    assert come(here, "198.51.100.1")[1] is None
    assert {each.ended for each in working} == {""}


def test_full_server_ends_the_longest_silent_of_all() -> None:
    here = table()
    others = come_all(here, ["192.0.2.1", "192.0.2.2", *["192.0.2.3"] * 6])

    assert come(here, "198.51.100.1")[1] is None
    assert others[0].ended == "room"


def test_full_server_refuses_while_all_are_in_work() -> None:
    here = table()
    come_all(here, [f"192.0.2.{n}" for n in range(TOTAL)], waits_since=None)

    assert come(here, "198.51.100.1")[1] == "full"


def test_proxys_connections_have_all_the_room() -> None:
    here = table(is_proxied=True)
    callers = come_all(here, ["192.0.2.1"] * TOTAL)

    assert {each.ended for each in callers} == {""}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::3", "2001:db8:1:4::5", True),
        ("2001:db8:1::3", "2001:db8:2::3", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "", True),
    ],
)
def test_site_is_one_network(one: str, other: str, *, is_same: bool) -> None:
    assert (network_name(one) == network_name(other)) == is_same
