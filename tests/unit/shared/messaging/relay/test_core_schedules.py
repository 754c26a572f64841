"""Thousands of schedules of two relays against a model of broker, lock and position.

Each schedule is a list of actions; whatever they are, the promises hold at its end, and when the
faults are over everything arrives. A failing schedule is printed, shrunk, and replays.
"""

from collections.abc import Callable

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.support.messaging.relay_model import WINDOW, RelayWorld, SimulatedRelay
from tests.support.years.examples import examples

Action = tuple[str, int, int]  # what happens, to which of the two relays, and how much

ORDERLY = ("append", *["advance"] * 4, "arrive", "arrive", "confirm", "lose", "freeze", "late")
WITH_REFUSALS = (*ORDERLY, "refuse")
CALM_ROUNDS_MAX = 1_000  # every window of the longest schedule takes four of them


def schedules(kinds: tuple[str, ...]) -> st.SearchStrategy[list[Action]]:
    """Made from bytes, two an action: ten times as fast as lists of tuples."""

    def actions(drawn: bytes) -> list[Action]:
        return [
            (kinds[what // 2 % len(kinds)], what % 2, amount % (2 * WINDOW))
            for what, amount in zip(drawn[::2], drawn[1::2], strict=True)
        ]

    lengths = st.integers(min_value=10, max_value=60).map(lambda count: 2 * count)
    return lengths.flatmap(lambda size: st.binary(min_size=size, max_size=size)).map(actions)


def play(world: RelayWorld, relays: list[SimulatedRelay], schedule: list[Action]) -> None:
    note(f"schedule: {schedule}")
    for kind, which, amount in schedule:
        act(world, relays[which], kind, amount)


def act(world: RelayWorld, relay: SimulatedRelay, kind: str, amount: int) -> None:
    actions: dict[str, Callable[[], None]] = {
        "advance": relay.advance,
        "arrive": lambda: relay.arrive(amount),
        "confirm": lambda: relay.confirm(amount),
        "refuse": relay.refuse,
        "lose": lambda: relay.lose(amount),
        "freeze": relay.freeze,
    }
    match kind:
        case "append":
            world.head += amount
        case "late":
            world.seconds += amount
        case _:
            actions[kind]()


def calm_down(world: RelayWorld, relays: list[SimulatedRelay]) -> None:
    rounds_left = CALM_ROUNDS_MAX
    while world.position < world.head and rounds_left:
        rounds_left -= 1
        for relay in relays:
            relay.advance()
            relay.arrive(WINDOW)
            relay.confirm(WINDOW)


@settings(max_examples=examples(400), deadline=None)
@given(schedules(ORDERLY))
def test_relay_publishes_in_order_loses_none_and_never_goes_back(schedule: list[Action]) -> None:
    world = RelayWorld()
    relays = [SimulatedRelay(world), SimulatedRelay(world)]

    play(world, relays, schedule)

    first_appearances = list(dict.fromkeys(world.arrived))
    assert first_appearances == list(range(1, len(first_appearances) + 1))
    assert not world.stored_too_early
    assert world.stored == sorted(set(world.stored))


@settings(max_examples=examples(400), deadline=None)
@given(schedules(WITH_REFUSALS))
def test_position_never_passes_a_refused_event(schedule: list[Action]) -> None:
    world = RelayWorld()
    relays = [SimulatedRelay(world), SimulatedRelay(world)]

    play(world, relays, schedule)

    assert not world.stored_too_early
    assert world.stored == sorted(set(world.stored))


@settings(max_examples=examples(150), deadline=None)
@given(schedules(WITH_REFUSALS))
def test_every_event_arrives_once_the_faults_are_over(schedule: list[Action]) -> None:
    world = RelayWorld()
    relays = [SimulatedRelay(world), SimulatedRelay(world)]
    play(world, relays, schedule)

    calm_down(world, relays)

    assert set(world.arrived) == set(range(1, world.head + 1))
    assert world.position == world.head


@settings(max_examples=examples(150), deadline=None)
@given(schedules(WITH_REFUSALS))
def test_a_session_that_breaks_off_repeats_one_window_at_most(schedule: list[Action]) -> None:
    world = RelayWorld()
    relays = [SimulatedRelay(world), SimulatedRelay(world)]

    play(world, relays, schedule)
    calm_down(world, relays)

    sessions_before_the_last = max(0, world.term - 1)
    repeats = len(world.arrived) - len(set(world.arrived))
    assert repeats <= WINDOW * sessions_before_the_last
