"""A case has the same number at every import, and no two cases have one."""

from datetime import UTC, datetime

from janji.importing.numbers import CaseKey, Numbers, Secrets
from shared.promise.case_number import read_number

SECRETS = Secrets(bytes(32))
ONE, OTHER = CaseKey("requests", "P-1"), CaseKey("requests", "P-2")
FIRST, SECOND = "PRM-0000-0000-0", "PRM-0000-0001-Y"
RECEIVED_AT, EARLIER = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def test_a_number_is_the_same_every_time_and_a_valid_one() -> None:
    first, second = SECRETS.candidates(ONE, "PRM")

    assert SECRETS.candidates(ONE, "PRM") == [first, second]
    assert read_number(first, "PRM") == first
    assert first != second


def test_number_depends_on_the_service_the_key_and_the_secret() -> None:
    numbers = {
        SECRETS.candidates(ONE, "PRM")[0],
        SECRETS.candidates(OTHER, "PRM")[0],
        SECRETS.candidates(CaseKey("complaints", "P-1"), "PRM")[0],
        Secrets(bytes(31) + b"1").candidates(ONE, "PRM")[0],
    }

    assert len(numbers) == 4


def settled(numbers: Numbers, key: CaseKey, imported: dict[str, datetime]) -> str | None:
    return numbers.settle(key, [FIRST, SECOND], imported=imported, received_at=RECEIVED_AT)


def test_two_cases_that_are_given_one_number_get_two() -> None:
    numbers = Numbers()

    assert settled(numbers, ONE, {}) == FIRST
    assert settled(numbers, OTHER, {}) == SECOND
    assert settled(numbers, ONE, {}) == FIRST


def test_both_are_found_again_in_either_order() -> None:
    known = {FIRST: EARLIER, SECOND: RECEIVED_AT}

    assert settled(Numbers(), OTHER, known) == SECOND


def test_a_known_case_whose_receipt_is_told_otherwise_is_still_that_case() -> None:
    """So that its rows are compared, and the change refused, instead of making a second case."""
    assert settled(Numbers(), ONE, {FIRST: EARLIER}) == FIRST


def test_indistinguishable_rows_have_no_number() -> None:
    assert settled(Numbers(), ONE, {FIRST: EARLIER, SECOND: EARLIER}) is None


def test_a_key_of_a_command_depends_on_what_it_adds() -> None:
    key = SECRETS.command_key(ONE, after_version=0, content="a")

    assert key == SECRETS.command_key(ONE, after_version=0, content="a")
    assert key.key == SECRETS.command_key(ONE, after_version=0, content="b").key
    assert key != SECRETS.command_key(ONE, after_version=0, content="b")
    assert key.key != SECRETS.command_key(ONE, after_version=1, content="a").key
