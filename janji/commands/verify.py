"""`janji verify`: checks the integrity of the logs, and that a replay gives the same figures."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.failures import CannotStart
from janji.case_services import CASE_SERVICES
from janji.commands.failures import errors_in_one_line
from janji.installation import (
    FAILURES,
    Installation,
    failures_as_cannot_start,
    find_installation,
    open_builder,
    progress_bars,
)
from services.projections.replay.generation_builder import GenerationBuilder, Report
from services.projections.replay.verify import verify as verify_figures
from shared.eventstore.codec import Codec
from shared.eventstore.database import READ_SECONDS
from shared.eventstore.integrity.checker import first_violation
from shared.eventstore.reader import LogReader
from shared.eventstore.records import Head
from shared.postgres.connection import connected

Heads = Annotated[
    Path | None,
    typer.Option(
        "--heads",
        exists=True,
        dir_okay=False,
        help="Daily log checkpoints kept from /v1/public/log-heads, JSON or CSV.",
    ),
]
ALERTS = "sla"  # the log of the projection service itself

app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def verify(heads: Heads = None) -> None:
    """Check the logs, replay them, and compare; exit code 0 only if all is equal."""
    with errors_in_one_line(), failures_as_cannot_start():
        violations = asyncio.run(_verify(_read(heads) if heads else []))
    for violation in violations:
        console.print(violation, style="red")
    if violations:
        raise typer.Exit(1)
    console.print("All is equal.")


@dataclass(frozen=True, slots=True)
class RecordedHead:
    """A daily log checkpoint that was kept: the last event of a day, and its hash."""

    service: str
    day: str
    position: int
    hash: str


def _read(heads: Path) -> Sequence[RecordedHead]:
    """Checkpoints in the format of `/v1/public/log-heads`, JSON or CSV. Raises CannotStart."""
    text = heads.read_text()
    try:
        kept = list(_rows(text) if text.lstrip().startswith("{") else _lines(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotStart(f"{heads} holds no log heads: {error!r}") from error
    for each in kept:
        if each.service not in CASE_SERVICES:
            raise CannotStart(f"{heads} names a log that there isn't: {each.service}")
    return kept


def _rows(text: str) -> Iterator[RecordedHead]:
    for service, days in json.loads(text).items():
        for day in days:
            yield RecordedHead(service, str(day["date"]), int(day["position"]), str(day["hash"]))


def _lines(text: str) -> Iterator[RecordedHead]:
    for row in csv.DictReader(io.StringIO(text)):
        yield RecordedHead(row["service"], row["date"], int(row["position"]), row["hash"])


async def _verify(heads: Sequence[RecordedHead]) -> Sequence[str]:
    installation = find_installation()
    violations: list[str] = []
    with progress_bars(console) as report:
        violations += await _log_violations(installation, report)
        async with open_builder(installation, report) as builder:
            try:
                violations += await _head_violations(builder, heads)
                verified = await verify_figures(builder)
            except FAILURES as failure:
                if not violations:
                    raise
                return [*violations, f"so nothing could be replayed: {failure}"]
    console.print(f"{verified.events:,} events replayed, {verified.rows:,} rows compared.")
    return [*violations, *verified.differences]


async def _log_violations(installation: Installation, report: Report) -> Sequence[str]:
    """The violations of positions, hashes, versions and relay positions in the logs' databases."""
    ours = installation.settings.database_url.get_secret_value()
    urls = {**installation.logs, ALERTS: ours}
    violations = []
    for service in (*CASE_SERVICES, ALERTS):
        if service not in urls:
            name = f"JANJI_{service.upper()}_DATABASE_URL"
            console.print(f"The log of {service} is out of reach; {name} would say where it is.")
            continue
        violation = await log_violation(urls[service], service, report)
        violations += [f"log of {service}: {violation}"] if violation else []
    return violations


async def log_violation(url: str, service: str, report: Report) -> str | None:
    """The first violation of the log, else of its relay, while services may write to both."""
    async with LogReader(url, codec=Codec([])) as log:
        violation = await first_violation(log, partial(report, f"log of {service}"))
        relayed = await _relayed(url)  # before the head, or events between the two reads look lost
        head = await log.head()
    return violation or _relay_violation(service, head, relayed=relayed)


_RELAYED = "select position from relay_position"


async def _relayed(url: str) -> int:
    async with connected(url, name="janji verify", answer_seconds=READ_SECONDS) as connection:
        relayed: int = await connection.fetchval(_RELAYED)
    return relayed


def _relay_violation(service: str, head: Head, *, relayed: int) -> str | None:
    """A relay may lag (the lag is printed), but its published events must be in the log."""
    if head.position:
        console.print(f"The log of {service} ends at {head.position:,}, relayed to {relayed:,}.")
    if relayed <= head.position:
        return None
    return f"it ends at {head.position}, but its events up to {relayed} have been published"


async def _head_violations(
    builder: GenerationBuilder, heads: Sequence[RecordedHead]
) -> Sequence[str]:
    """The checkpoints that the logs no longer match."""
    violations = []
    for kept in heads:
        page = await builder.feeds[kept.service].read(kept.position - 1, 1)
        if not page.events or page.events[0].hash.hex() != kept.hash:
            violations.append(
                f"log of {kept.service}: not as it was on {kept.day}:"
                f" its event at {kept.position} is another, or gone"
            )
    return violations
