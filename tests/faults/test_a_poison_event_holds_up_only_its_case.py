"""F18: an event that can't be applied, then good ones of the same case and of others."""

from collections.abc import Callable

from services.projections.replay.rebuild import rebuild
from testbed.databases import Database
from testbed.notes import Note, note
from tests.support.messaging.following import Following, following
from tests.support.messaging.ledger import Ledger


async def test_a_poison_event_holds_up_only_its_case(
    database: Callable[[str], Database], vhost: str
) -> None:
    async with following(database, vhost) as office, office.consuming():
        office.read_models.poison.add("black")
        await office.requests.write(100)
        poisoned = await a_case(office, "red", "black", "blue")
        await office.requests.write(100)
        await paint(office, poisoned, "green")
        await office.caught_up()

        (held,) = await office.held()
        assert (held.error, held.waiting) == ("Poisoned: black", 2)
        assert await office.events_counted() == 201, "all others, and the case's first event"

        office.read_models.poison.clear()
        assert await office.projection("requests").retry(held.aggregate)
        after_the_retry = await figures(office)
        await rebuild(office.builder())
        assert await office.held() == []
        assert await figures(office) == after_the_retry
        assert await office.events_counted() == 204

        ledger = Ledger("requests")
        ledger.stored(*await office.requests.stored())
        ledger.applied(*await office.applied())
        ledger.assert_balanced()


async def a_case(office: Following, *colours: str) -> Note:
    case = note(colours[0])
    for colour in colours[1:]:
        case.paint(colour)
    await office.requests.store(case)
    return case


async def paint(office: Following, case: Note, colour: str) -> None:
    case.paint(colour)
    await office.requests.store(case)


async def figures(office: Following) -> list[str]:
    async with office.reading() as connection:
        rows = await connection.fetch("select n::text from note n order by number")
    return [row[0] for row in rows]
