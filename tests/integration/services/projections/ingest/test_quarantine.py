"""Events that can't be applied are held, with later ones of the same case, and no other."""

import pytest

from services.projections.ingest import quarantine
from services.projections.ingest.quarantine import TooManyHeld
from services.projections.replay.rebuild import rebuild
from services.projections.replay.verify import verify
from testbed.notes import Note, note
from tests.support.messaging.following import Following
from tests.support.messaging.published_notes import eventually


async def test_a_poison_event_is_held_and_all_others_go_on(office: Following) -> None:
    await a_poisoned_case(office)
    await office.requests.write(300)
    async with office.consuming():
        await office.caught_up()

    (held,) = await office.held()
    assert (held.source, held.position, held.type) == ("requests", 2, "painted")
    assert (held.error, held.waiting) == ("Poisoned: black", 1)
    assert await office.events_counted() == 1 + 300, "the case's first event, and all others"
    position = await office.position()
    assert (position.applied, position.quarantined) == (303, 1)
    assert position.held_since is not None


async def test_events_of_a_held_case_wait_behind_it_in_order(office: Following) -> None:
    async with office.consuming():
        poisoned = await a_poisoned_case(office)
        await office.caught_up()
        poisoned.paint("green")
        await office.requests.store(poisoned)
        await office.requests.write(8)
        await office.caught_up()

    (held,) = await office.held()
    assert held.waiting == 2
    assert await errors(office) == ["Poisoned: black", None, None], "the later two weren't tried"
    assert await office.events_counted() == 1 + 8


async def test_a_retry_gives_what_a_rebuild_gives(office: Following) -> None:
    async with office.consuming():
        await a_poisoned_case(office)
        await office.requests.write(20)
        await office.caught_up()
        office.read_models.poison.clear()

        (held,) = await office.held()
        all_went_in = await office.projection("requests").retry(held.aggregate)
        after_retry = await office.events_counted()
        assert (await verify(office.builder())).differences == []
        await rebuild(office.builder())

    assert all_went_in
    assert await office.held() == []
    assert after_retry == await office.events_counted() == 3 + 20


async def test_a_retry_that_still_fails_holds_on(without_broker: Following) -> None:
    office = without_broker
    async with office.consuming():
        await a_poisoned_case(office)
        await office.caught_up()

    office.read_models.poison.add("blue")
    (held,) = await office.held()
    assert not await office.projection("requests").retry(held.aggregate)

    office.read_models.poison.remove("black")
    assert not await office.projection("requests").retry(held.aggregate)
    (held,) = await office.held()
    assert (held.position, held.error, held.waiting) == (3, "Poisoned: blue", 0)


async def test_a_rebuild_holds_what_it_cant_apply_and_says_so(without_broker: Following) -> None:
    office = without_broker
    await a_poisoned_case(office)
    await office.requests.write(20)

    rebuilt = await rebuild(office.builder())

    assert (rebuilt.events, rebuilt.held) == (23, 1)


async def test_a_release_that_can_apply_nothing_stops_the_source(
    without_broker: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = without_broker
    monkeypatch.setattr(quarantine, "HELD_CASES_MAX", 5)
    office.read_models.poison.add("red")
    await office.requests.write(40)

    with pytest.raises(TooManyHeld):
        await rebuild(office.builder())
    async with office.consuming() as consumer:
        await eventually(lambda: any(each.last_error for each in consumer.followers))

    assert (await office.position()).applied == 0
    assert await office.held() == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("drop table applied", id="a missing table"),
        pytest.param("alter table note drop column colour", id="another column"),
    ],
)
async def test_failure_that_hits_every_event_alike_is_no_poison(
    without_broker: Following, broken: str
) -> None:
    office = without_broker
    await in_generation(office, broken)
    await office.requests.write(4)
    async with office.consuming() as consumer:
        await eventually(lambda: any(each.last_error for each in consumer.followers))

    assert (await office.position()).applied == 0
    assert await office.held() == []


async def a_poisoned_case(office: Following) -> Note:
    """Three events at 1, 2 and 3, of which the second can't be applied."""
    office.read_models.poison.add("black")
    poisoned = note("red")
    poisoned.paint("black")
    poisoned.paint("blue")
    await office.requests.store(poisoned)
    return poisoned


async def errors(office: Following) -> list[str | None]:
    async with office.reading() as connection:
        rows = await connection.fetch("select error from quarantine order by position")
    return [row["error"] for row in rows]


async def in_generation(office: Following, statement: str) -> None:
    async with office.pool.acquire() as connection:
        await connection.execute(f"set search_path to rm_0001; {statement}; reset search_path")
