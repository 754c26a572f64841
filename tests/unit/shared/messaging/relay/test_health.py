"""What the health page says of the relay, and when it calls that degraded."""

from shared.messaging.relay.health import LAG_SECONDS_MAX, RelayHealth
from shared.messaging.relay.leadership import RelayProgress

WELL = RelayProgress(term=1, position=10, head=10, lag_seconds=0.0)
BEHIND = RelayProgress(term=1, position=7, head=10, lag_seconds=LAG_SECONDS_MAX + 1)


def leading() -> RelayHealth:
    health = RelayHealth()
    health.begun()
    health.leads(WELL)
    return health


def failed() -> RelayHealth:
    health = leading()
    health.failed("the exchange is missing", topology_missing=True)
    return health


def test_a_leader_at_the_head_is_well() -> None:
    assert leading().degraded is None


def test_a_follower_is_well_too() -> None:
    health = RelayHealth()
    health.follows(WELL)

    assert (health.leading, health.degraded) == (False, None)


def test_an_ended_session_is_degraded_until_the_next_one_works() -> None:
    health = failed()
    assert health.degraded == "not publishing: the exchange is missing"

    health.leads(WELL)
    assert health.degraded is not None
    health.published(11, events=1)

    assert health.degraded is None


def test_a_refusing_queue_is_named_until_a_session_works() -> None:
    health = leading()
    health.failed("a queue refused it (position 7)", refusing=["sub.a", "sub.b"])
    assert health.degraded == "not publishing: a queue refused it (position 7): sub.a, sub.b"

    health.published(7, events=1)

    assert not health.refusing


def test_last_error_is_still_named_afterwards() -> None:
    health = failed()
    health.caught_up(10)

    report = health.report()

    assert report["last_fault"] == "the exchange is missing"
    assert report["declared_again"] == 1


def test_events_that_wait_too_long_are_degraded_whoever_should_lead() -> None:
    health = RelayHealth()
    health.follows(BEHIND)

    assert health.lag_events == 3
    assert health.degraded == "3 events wait to be published, for 31 s"


def test_a_broker_that_holds_back_its_publishers_is_degraded() -> None:
    health = leading()
    health.blocked = True

    assert "alarm" in str(health.degraded)


def test_a_session_that_never_began_has_not_worked() -> None:
    health = leading()
    health.caught_up(10)
    assert health.last_session_worked

    health.begun()

    assert not health.last_session_worked
