"""`janji rebuild`, `verify` and `quarantine`, as an operator runs them on a server."""

import json
import os
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from janji.commands.verify import log_violation
from services.projections.store.log_heads import log_heads
from shared.eventstore.reader import LogReader
from shared.eventstore.records import Head, Recorded
from shared.messaging.envelope import Publication
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import note
from tests.support.messaging.following import Following, following
from tests.support.messaging.strict_read_models import publish
from tests.support.processes.forked import WIDE, forked

REWRITE = """
update stored_events
set state = convert_to(replace(convert_from(state, 'UTF8'), 'red', 'tan'), 'UTF8')
where notification_id = 7
"""


@dataclass
class Operator:
    """Somebody at a terminal of the server that runs the projection service."""

    office: Following
    exit_code: int = 0

    async def janji(self, *words: str) -> str:
        """What it prints; `exit_code` says how it ended."""
        process = await forked("janji", *words, environment=self._environment(), stderr=STDOUT)
        printed, _ = await process.communicate()
        self.exit_code = process.returncode or 0
        return printed.decode()

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        sources = self.office.sources.values()
        return {
            **inherited,
            **WIDE,
            "JANJI_DATABASE_URL": self.office.database.app_url,
            "JANJI_FEED_TOKEN_FILE": str(self.office.token_file),
            **{f"JANJI_{each.name.upper()}_URL": each.feed_url for each in sources},
            **{
                f"JANJI_{each.name.upper()}_DATABASE_URL": each.database.app_url for each in sources
            },
        }


def publish_as_if(event: Any, recorded: Recorded) -> Publication:
    """A black note claims to be a request, and is none: no read model can take it."""
    published = publish(event, recorded)
    is_black = getattr(event, "colour", "") == "black"
    return replace(published, name="submitted") if is_black else published


@pytest.fixture
async def operator(database: Callable[[str], Database]) -> AsyncIterator[Operator]:
    async with following(database, publish=publish_as_if) as office:
        await office.requests.write(40)
        yield Operator(office)


async def test_a_rebuild_says_what_is_live_now(operator: Operator) -> None:
    printed = await operator.janji("rebuild")

    assert operator.exit_code == 0, printed
    assert "rm_0002 is live: 40 events in" in printed
    assert (await operator.office.position()).applied == 40


async def test_a_rebuild_can_be_taken_back(operator: Operator) -> None:
    await operator.janji("rebuild")
    await operator.janji("rebuild", "--keep")

    assert "rm_0002 is live" in await operator.janji("rebuild", "--back")


async def test_a_failure_is_one_line(operator: Operator) -> None:
    printed = await operator.janji("rebuild", "--back")

    assert operator.exit_code == 1
    assert printed.splitlines()[-1] == (
        "janji: no earlier generation is left to switch back to: rebuild"
    )


async def test_logs_and_figures_that_agree_are_equal(operator: Operator, tmp_path: Path) -> None:
    await operator.janji("rebuild")
    head = await operator.office.requests.log.head()
    kept = tmp_path / "heads.json"
    day = {"date": "2026-11-24", "position": head.position, "hash": head.hash.hex()}
    kept.write_text(json.dumps({"requests": [day]}))

    printed = await operator.janji("verify", "--heads", str(kept))

    assert operator.exit_code == 0, printed
    assert "40 events replayed" in printed
    assert "All is equal." in printed


async def test_a_rewritten_log_is_found_out(operator: Operator, tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    day = {"date": "2026-11-24", "position": 40, "hash": "00" * 32}
    kept.write_text(json.dumps({"requests": [day]}))
    await operator.janji("rebuild")
    async with connected(operator.office.requests.database.owner_url) as owner:
        await owner.execute(REWRITE)

    printed = await operator.janji("verify", "--heads", str(kept))

    assert operator.exit_code == 1
    assert "log of requests: the event at 7 was changed: its hash doesn't follow" in printed
    assert "log of requests: not as it was on 2026-11-24" in printed


async def test_heads_are_kept_as_they_were_served(operator: Operator, tmp_path: Path) -> None:
    await operator.janji("rebuild")
    async with operator.office.reading() as connection:
        heads = await log_heads(connection)
    lines = [f"{each.source},{each.day},{each.position},{each.hash.hex()}" for each in heads]
    kept = tmp_path / "log-heads.csv"
    kept.write_text("\r\n".join(["service,date,position,hash", *lines]))

    printed = await operator.janji("verify", "--heads", str(kept))

    assert operator.exit_code == 0, printed
    assert "The log of requests ends at 40" in printed


@pytest.mark.parametrize(
    "text",
    ['{"requests": [{"date": "2026-11-24"}]}', "no,such,columns\r\n1,2,3", '{"letters": {"a": 1}}'],
)
async def test_a_file_of_no_heads_is_refused(operator: Operator, tmp_path: Path, text: str) -> None:
    kept = tmp_path / "heads"
    kept.write_text(text)

    printed = await operator.janji("verify", "--heads", str(kept))

    assert operator.exit_code == 1
    assert printed.startswith(f"janji: {kept} holds no log heads")


async def test_an_event_that_cannot_be_read_any_more_is_named(operator: Operator) -> None:
    await operator.janji("rebuild")
    async with connected(operator.office.requests.database.owner_url) as owner:
        await owner.execute(
            "update stored_events set topic = 'notes.creatad' where notification_id = 7"
        )

    printed = await operator.janji("verify")

    assert operator.exit_code == 1
    assert "log of requests: the event at 7 was changed: its hash doesn't follow" in printed
    assert "so nothing could be replayed" in printed


async def test_a_log_that_lost_what_was_published_is_found_out(operator: Operator) -> None:
    await operator.janji("rebuild")
    async with connected(operator.office.requests.database.owner_url) as owner:
        await owner.execute("update relay_position set position = 41")

    printed = await operator.janji("verify")

    assert operator.exit_code == 1
    assert "log of requests: it ends at 40, but its events up to 41 have been published" in printed


async def test_events_stored_while_a_log_is_checked_are_no_violation(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two questions about a log that lives, events are stored and published."""
    requests = operator.office.requests
    look = LogReader.head

    async def head_and_then_more(reader: LogReader) -> Head:
        head = await look(reader)
        await requests.write(1)
        async with connected(requests.database.owner_url) as owner:
            await owner.execute("update relay_position set position = $1", head.position + 1)
        return head

    monkeypatch.setattr(LogReader, "head", head_and_then_more)

    assert await log_violation(requests.database.app_url, "requests", lambda *_: None) is None


async def test_the_log_of_alerts_is_checked_too(operator: Operator) -> None:
    await operator.janji("rebuild")
    ours = operator.office.database
    async with running(ours.app_url) as log, connected(ours.owner_url) as owner:
        await log.append(note())
        await owner.execute("update stored_events set hash = sha256('another')")

    printed = await operator.janji("verify")

    assert operator.exit_code == 1
    assert "log of sla: the event at 1 was changed: its hash doesn't follow" in printed


async def test_held_cases_are_shown_and_tried_again(operator: Operator) -> None:
    await operator.office.requests.store(note("black"))
    await operator.janji("rebuild")

    listed = await operator.janji("quarantine", "list")
    retried = await operator.janji("quarantine", "retry")

    assert "requests  41        submitted" in listed
    assert ": still held" in retried
    assert operator.exit_code == 1, "it still can't be applied"
