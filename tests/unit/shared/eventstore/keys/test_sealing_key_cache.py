"""A key is remembered for a stream at a version."""

from uuid import UUID, uuid4

from shared.eventstore.keys.sealing_key_cache import KEYS_MAX, SealingKeyCache
from shared.eventstore.sealing import WrappedKey

KEY = WrappedKey(b"wrapped")


def learn_versions(known: SealingKeyCache, case: UUID, count: int) -> None:
    for version in range(count):
        known.learn(case, version, KEY)


def test_a_key_is_known_at_the_version_where_it_was_seen_alone() -> None:
    case, known = uuid4(), SealingKeyCache()
    known.learn(case, 3, KEY)

    assert known.at(case, 3) == KEY
    assert known.at(case, 4) is None


def test_absence_of_a_key_is_never_remembered() -> None:
    """It is asked anew, because no key may mean erased, and then none is made."""
    case, known = uuid4(), SealingKeyCache()
    known.learn(case, 3, None)

    assert known.at(case, 3) is None


def test_the_oldest_are_forgotten() -> None:
    case, known = uuid4(), SealingKeyCache()
    learn_versions(known, case, KEYS_MAX + 1)

    assert known.at(case, 0) is None
    assert known.at(case, 1) == KEY
