"""All keys of a log come under the next master key, interrupted or not, and none is lost."""

from collections import Counter
from collections.abc import Callable

import pytest

from shared.eventstore.codec import Codec
from shared.eventstore.errors import SealBroken
from shared.eventstore.keys import rotation
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.keys.master_keys import LABELS
from shared.eventstore.log import EventLog
from shared.postgres.connection import Connection
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import Note, note

FIRST, NEXT = bytes(32), bytes([1]) * 32
NOTES = 5


class PulledOut(Exception):
    """The plug."""


@pytest.fixture
async def log(database: Callable[[str], Database]) -> Database:
    """Some notes under the first key."""
    made = database("eventlog")
    async with running(made.app_url, codec=Codec([Note], Keyring(FIRST))) as written:
        for number in range(NOTES):
            await written.append(note("red", f"from {number}"))
    return made


async def rotate(owner: Connection, keyring: Keyring) -> int:
    await rotation.begin(owner, keyring)
    wrapped = await rotation.wrap_anew(owner, keyring)
    await rotation.finish(owner, keyring)
    return wrapped


async def texts(log: Database, keyring: Keyring) -> set[str | None]:
    async with EventLog(log.app_url, codec=Codec([Note], keyring)) as opened:
        events = await opened.read(0, 100)
        return {(await opened.load(Note, each.originator_id)).text for each in events}


async def test_next_key_alone_opens_everything(log: Database) -> None:
    before = await texts(log, Keyring(FIRST))

    async with connected(log.owner_url) as owner:
        assert await rotate(owner, Keyring(NEXT, retired=[FIRST])) == NOTES

    assert await texts(log, Keyring(NEXT)) == before
    assert len(before) == NOTES


async def test_derived_keys_stay_what_they_were(log: Database) -> None:
    first, following = Keyring(FIRST), Keyring(NEXT)
    await texts(log, first)

    async with connected(log.owner_url) as owner:
        await rotate(owner, Keyring(NEXT, retired=[FIRST]))

    await texts(log, following)
    assert following.derived == first.derived
    assert first.derived.keys() == LABELS.keys()


async def test_interrupted_rotation_is_run_again(
    log: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH_KEYS", 2)
    both = Keyring(NEXT, retired=[FIRST])

    def pulled_out(done: int, _all: int) -> None:
        if done >= 4:
            raise PulledOut

    async with connected(log.owner_url) as owner:
        await rotation.begin(owner, both)
        with pytest.raises(PulledOut):
            await rotation.wrap_anew(owner, both, pulled_out)
        under = await rotation.keys_by_master_key(owner, both)
        assert 0 < under[both.newest.check_value] < NOTES
        assert await rotation.key_in_force(owner) == (both.newest.check_value, False)

        assert await rotate(owner, both) == NOTES - under[both.newest.check_value]

        assert await rotation.key_in_force(owner) == (both.newest.check_value, True)
    assert len(await texts(log, Keyring(NEXT))) == NOTES


async def test_erased_person_comes_back_by_no_rotation(log: Database) -> None:
    both = Keyring(NEXT, retired=[FIRST])
    async with (
        running(log.app_url, codec=Codec([Note], both)) as opened,
        connected(log.owner_url) as owner,
    ):
        (first, *_) = await opened.read(0, 1)
        erased = await opened.load(Note, first.originator_id)
        pages = rotation._pages(owner, lambda *_: None)
        read = await anext(pages)
        erased.erase()
        await opened.append(erased, erases=True)

        anew = [(id_, old, both.newest.wrap(bytes(32), id_.bytes)) for id_, old in read]
        await owner.execute(rotation.REPLACE, *map(list, zip(*anew, strict=True)))

        assert await owner.fetchval(rotation.COUNT) == NOTES - 1


async def test_old_wrapping_is_opened_by_the_old_key_alone(log: Database) -> None:
    """What a backup holds ends with the master key of its time."""
    async with connected(log.owner_url) as owner:
        backup = await owner.fetch("select originator_id, wrapped_key from sealing_keys")
        await rotate(owner, Keyring(NEXT, retired=[FIRST]))

    for id_, wrapped in backup:
        Keyring(FIRST).unwrap(wrapped, id_)
        with pytest.raises(SealBroken):
            Keyring(NEXT).unwrap(wrapped, id_)


async def test_key_that_nothing_opens_is_counted_and_left(log: Database) -> None:
    both = Keyring(NEXT, retired=[FIRST])
    async with connected(log.owner_url) as owner:
        await owner.execute("insert into sealing_keys values (gen_random_uuid(), $1)", bytes(60))
        await rotate(owner, both)

        counts = await rotation.keys_by_master_key(owner, both)

    assert counts == Counter({both.newest.check_value: NOTES, None: 1})


async def test_running_log_reads_the_next_key_when_it_meets_it(log: Database) -> None:
    given = [FIRST]
    codec = Codec([Note], Keyring(FIRST, read_again=lambda: given))
    async with running(log.app_url, codec=codec) as opened, connected(log.owner_url) as owner:
        (first, *_) = await opened.read(0, 1)
        await opened.load(Note, first.originator_id)
        given.insert(0, NEXT)
        await rotate(owner, Keyring(NEXT, retired=[FIRST]))
        given.pop()

        again = await opened.load(Note, first.originator_id)
        again.rewrite("from Budi")
        await opened.append(again)

        assert (await opened.load(Note, first.originator_id)).text == "from Budi"
        assert (await rotation.keys_by_master_key(owner, Keyring(NEXT))).keys() == {
            Keyring(NEXT).newest.check_value
        }
