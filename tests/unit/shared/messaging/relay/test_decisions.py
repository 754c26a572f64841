"""What the relay does next, rule by rule."""

from shared.messaging.relay.decisions import (
    CONFIRM_TIMEOUT_SECONDS,
    WINDOW_SIZE_MAX,
    AwaitConfirms,
    End,
    Publish,
    Read,
    RelayCore,
    Store,
    WaitForAppend,
)


def awaiting_confirms(first: int, last: int, at_seconds: float = 0.0) -> RelayCore:
    core = RelayCore(first - 1)
    core.batch(range(first, last + 1))
    core.published(at_seconds=at_seconds)
    return core


def test_a_session_reads_on_from_the_stored_position() -> None:
    assert RelayCore(41).step == Read(41, 1)


def test_page_that_was_read_is_published_whole() -> None:
    assert RelayCore(41).batch([42, 43, 44]) == Publish(42, 44)


def test_relay_with_nothing_to_publish_waits_and_reads_again() -> None:
    core = RelayCore(41)

    assert core.batch([]) == WaitForAppend(41)
    assert core.wake() == Read(41, 1)


def test_nothing_is_stored_before_the_last_confirm() -> None:
    core = awaiting_confirms(1, 3)

    assert core.confirmed(3) == AwaitConfirms(3)
    assert core.confirmed(1) == AwaitConfirms(3)
    assert core.confirmed(2) == Store(3)


def test_the_next_window_is_read_only_when_this_one_is_stored() -> None:
    core = awaiting_confirms(1, 1)
    core.confirmed(1)

    assert core.stored(moved=True) == Read(1, 2)


def test_a_window_begins_at_one_event_and_doubles_with_each_stored_position() -> None:
    core, limits = RelayCore(0), list[int]()
    for _ in range(11):
        assert isinstance(core.step, Read)
        limits.append(core.step.limit)
        store_a_window(core, core.step)

    assert limits == [1, 2, 4, 8, 16, 32, 64, 128, 256, WINDOW_SIZE_MAX, WINDOW_SIZE_MAX]


def store_a_window(core: RelayCore, read: Read) -> None:
    positions = range(read.after + 1, read.after + read.limit + 1)
    core.batch(positions)
    core.published(at_seconds=0.0)
    for position in positions:
        core.confirmed(position)
    core.stored(moved=True)


def test_a_gap_in_the_log_ends_the_session() -> None:
    assert RelayCore(41).batch([42, 44]) == End("the log has a gap: asked after 41, read 42 to 44")


def test_a_refused_event_ends_the_session_though_its_successors_were_taken() -> None:
    core = awaiting_confirms(1, 2)
    core.refused(1, "no queue is bound for it", is_unroutable=True)

    assert core.confirmed(2) == End("no queue is bound for it (position 1)", topology_missing=True)


def test_a_lost_connection_ends_the_session() -> None:
    assert awaiting_confirms(1, 2).lost("cut") == End("cut")


def test_the_first_reason_to_end_stands() -> None:
    core = awaiting_confirms(1, 2)
    core.lost("the exchange is missing", topology_missing=True)

    assert core.lost("the channel is closed") == End("the exchange is missing", True)


def test_a_position_that_another_term_holds_ends_the_session() -> None:
    core = awaiting_confirms(1, 1)
    core.confirmed(1)

    assert isinstance(core.stored(moved=False), End)


def test_a_window_that_is_never_confirmed_ends_the_session() -> None:
    core = awaiting_confirms(1, 2, at_seconds=100.0)

    assert core.tick(at_seconds=100.0 + CONFIRM_TIMEOUT_SECONDS - 0.1) == AwaitConfirms(2)
    end = core.tick(at_seconds=100.0 + CONFIRM_TIMEOUT_SECONDS)
    assert isinstance(end, End)
    assert end.refused


def test_the_time_stands_still_while_the_broker_holds_back_its_publishers() -> None:
    core = awaiting_confirms(1, 2, at_seconds=0.0)
    core.tick(at_seconds=1_000.0, is_blocked=True)

    assert core.tick(at_seconds=1_001.0) == AwaitConfirms(2)


def test_a_fact_of_another_step_changes_nothing() -> None:
    core = awaiting_confirms(1, 2)

    assert core.batch([7]) == core.wake() == core.stored(moved=False) == AwaitConfirms(2)
