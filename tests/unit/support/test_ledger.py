"""The ledger must see every kind of wrong, or the fault tests prove nothing."""

import pytest

from tests.support.messaging.ledger import Ledger


def test_books_without_a_fault_balance() -> None:
    ledger = Ledger()
    ledger.stored(1, 2, 3)
    ledger.published(1, 2, 2, 3)
    ledger.applied(1, 2, 3)

    balance = ledger.assert_balanced(repeats_max=1)

    assert (balance.stored, balance.repeated) == (3, 1)


def test_stored_event_that_is_not_published_is_lost() -> None:
    ledger = Ledger()
    ledger.stored(1, 2, 3)
    ledger.published(1, 3)

    assert ledger.balance().lost == 1


def test_accepted_command_that_is_not_stored_is_lost() -> None:
    ledger = Ledger()
    ledger.accepted("a", "b")
    ledger.stored("a")

    assert ledger.balance().lost == 1


def test_event_applied_twice_is_doubled() -> None:
    ledger = Ledger()
    ledger.applied(1, 1)

    assert ledger.balance().doubled == 1


def test_a_first_appearance_after_its_successor_is_out_of_order() -> None:
    ledger = Ledger()
    ledger.stored(1, 2, 3)
    ledger.published(1, 3, 2)

    assert ledger.balance().out_of_order == 1


def test_event_that_was_never_sent_is_unknown() -> None:
    ledger = Ledger()
    ledger.sent("a")
    ledger.stored("a", "b")

    assert ledger.balance().unknown == 1


def test_more_repeats_than_allowed_fail() -> None:
    ledger = Ledger()
    ledger.stored(1)
    ledger.published(1, 1, 1)

    with pytest.raises(AssertionError):
        ledger.assert_balanced(repeats_max=1)
