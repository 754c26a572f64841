"""Thousands of schedules of faults against the real follower, beside a model of what is right.

At any moment the figures are a beginning of what the log holds or once held: nothing twice, nothing
left out, nothing out of order. Once the faults are over they are all of it, or, where the log lost
what they contain, the source says where it forked and has stood still since.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.clocks import virtual_time
from tests.support.years.examples import examples
from tests.unit.services.projections.ingest.world import World

few = st.integers(1, 8)


class Schedules(RuleBasedStateMachine):
    """Any schedule: sources lose history with and without a new epoch, queues lose messages."""

    @initialize()
    def begin(self) -> None:
        self.world = World()

    @rule(count=few)
    def events_are_stored_and_published(self, count: int) -> None:
        self.world.queue.publish(self.world.log.append(count))

    @rule(count=few)
    def the_relay_repeats_itself(self, count: int) -> None:
        self.world.queue.publish(self.world.log.events[-count:])

    @rule(count=few)
    def events_are_stored_and_their_messages_lost(self, count: int) -> None:
        self.world.log.append(count)

    @rule(data=st.data())
    def a_message_is_lost(self, data: st.DataObject) -> None:
        if messages := self.world.queue.messages:
            del messages[data.draw(self.somewhere())]

    @rule(data=st.data())
    def messages_come_out_of_order(self, data: st.DataObject) -> None:
        if messages := self.world.queue.messages:
            one, other = data.draw(self.somewhere()), data.draw(self.somewhere())
            messages[one], messages[other] = messages[other], messages[one]

    @rule()
    def the_queue_is_purged(self) -> None:
        self.world.queue.messages.clear()

    @rule()
    def the_queue_dies(self) -> None:
        self.world.queue.messages.clear()
        self.world.queue.is_dead = True

    @rule(is_up=st.booleans())
    def the_broker_goes_or_comes(self, is_up: bool) -> None:
        self.world.queue.is_up = is_up

    @rule(is_up=st.booleans())
    def the_feed_goes_or_comes(self, is_up: bool) -> None:
        self.world.log.feed_is_up = is_up

    @rule(when=st.sampled_from(["before the commit", "after the commit"]))
    def the_database_fails(self, when: str) -> None:
        self.world.figures.fails.append(when)

    @rule(lost=few)
    def the_source_is_restored_from_a_backup(self, lost: int) -> None:
        self.world.log.restore(lost, new_epoch=True)

    @rule(lost=few)
    def the_source_fails_over_to_a_stale_replica(self, lost: int) -> None:
        self.world.log.restore(lost, new_epoch=False)

    @rule(seconds=st.floats(0.001, 30))
    def a_follower_runs_and_is_killed(self, seconds: float) -> None:
        virtual_time.run(self.world.follow(seconds))

    @invariant()
    def figures_are_a_beginning_of_a_history(self) -> None:
        applied, log = self.world.figures.applied, self.world.log
        histories = [log.events, *log.lives]
        assert any(history[: len(applied)] == applied for history in histories)

    def teardown(self) -> None:
        world = self.world
        world.log.feed_is_up = world.queue.is_up = True
        world.figures.fails.clear()
        virtual_time.run(world.follow(60))
        self.figures_are_a_beginning_of_a_history()
        applied, stored = world.figures.applied, world.log.events
        if world.figures.forked:
            assert world.figures.forked.position == len(applied)
            assert applied != stored[: len(applied)]
        else:
            assert applied == stored

    def somewhere(self) -> st.SearchStrategy[int]:
        return st.integers(0, len(self.world.queue.messages) - 1)


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(max_examples=examples(150), stateful_step_count=30, deadline=None)
