"""`janji keys`: the master key that the logs are under, and the change to the next one.

It knows the keys from the files that the services read (`JANJI_MASTER_KEY_FILE`,
`JANJI_RETIRED_MASTER_KEYS_FILE`), and works as the owner of each log: no service may replace a key.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from deploy.failures import CannotStart
from deploy.key_files import MasterKeyFiles
from deploy.local.addresses import Addresses
from deploy.local.home import home
from deploy.setup import SetupSettings
from janji.case_services import CASE_SERVICES
from janji.commands.failures import errors_in_one_line
from janji.installation import failures_as_cannot_start, progress_bars
from services.projections.replay.generation_builder import Report
from shared.eventstore.database import READ_SECONDS
from shared.eventstore.keys import rotation
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.keys.master_keys import settle_keys
from shared.eventstore.log import APPEND_SECONDS, SETTLE_EVERY_SECONDS
from shared.postgres.connection import Connection, connected
from shared.runtime.event_source import keyring_of
from shared.runtime.settings import SealingSettings, load

# A service notices the next key within a second; what it sealed before may wait to be written.
STRAGGLERS_SECONDS = APPEND_SECONDS + 2 * SETTLE_EVERY_SECONDS
PASSES_MAX = 3  # that still find a straggler after that time

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def _options() -> None:
    """The master key, which wraps the keys that personal data are sealed with."""


@app.command()
def status() -> None:
    """Show how many keys of cases each master key opens; exit code 0 only if one opens all."""
    with errors_in_one_line(), failures_as_cannot_start():
        is_whole = asyncio.run(_status())
    if not is_whole:
        raise typer.Exit(1)


@app.command()
def rotate() -> None:
    """Bring a new master key into use, and wrap all keys of cases anew; the services may run.

    Interrupted, run it again: it goes on with the same key.
    """
    with errors_in_one_line(), failures_as_cannot_start():
        asyncio.run(_rotate())


@dataclass(frozen=True, slots=True)
class SealedLog:
    """The log of one service, as its owner, and the keys for it."""

    service: str
    connection: Connection
    keyring: Keyring


async def _status() -> bool:
    async with _logs() as logs:
        are_whole = [await _show(log) for log in logs]
        retired = [_name(each.check_value) for each in logs[0].keyring.master_keys[1:]]
    if retired:
        console.print(f"Earlier keys that are given: {', '.join(retired)}.")
    if all(are_whole):
        console.print("All keys of cases are under the master key in use.")
    else:
        console.print("Not all keys of cases are under the master key in use.", style="red")
    return all(are_whole)


async def _show(log: SealedLog) -> bool:
    await settle_keys(log.connection, log.keyring)
    counts = await rotation.keys_by_master_key(log.connection, log.keyring)
    in_force = await rotation.key_in_force(log.connection)
    newest = log.keyring.newest.check_value
    for check_value, count in sorted(counts.items(), key=str):
        named = "no key that is given" if check_value is None else _name(check_value)
        console.print(f"{log.service}: {count:,} keys of cases under {named}")
    if (newest, True) == in_force and not counts.keys() - {newest}:
        return True
    if counts[None]:
        console.print("give the key of the others in JANJI_RETIRED_MASTER_KEYS_FILE", style="red")
    console.print("`janji keys rotate` has something to do")
    return False


async def _rotate() -> None:
    async with _logs() as logs:
        await _next_key(logs)
        for log in logs:
            await rotation.begin(log.connection, log.keyring)
        with progress_bars(console, "keys") as report:
            await asyncio.gather(*(_wrap_anew(log, report) for log in logs))
        counts = [await rotation.keys_by_master_key(log.connection, log.keyring) for log in logs]
        name = _name(logs[0].keyring.newest.check_value)
    if lost := sum(each[None] for each in counts):
        raise CannotStart(f"{lost:,} keys of cases open by no key that is given: see `keys status`")
    console.print(
        "Keep the earlier keys as long as backups of their time. Once they are destroyed, nobody"
        " can read any personal data in those backups, erased or not."
    )
    console.print(f"All {sum(each.total() for each in counts):,} keys of cases are under {name}.")


async def _next_key(logs: Sequence[SealedLog]) -> None:
    """A new key, unless the one in use has still to take over."""
    for log in logs:
        await settle_keys(log.connection, log.keyring)
    in_use = logs[0].keyring.newest.check_value
    if any([await rotation.key_in_force(log.connection) != (in_use, True) for log in logs]):
        console.print(f"A rotation to {_name(in_use)} is under way: this goes on with it.")
        return
    _turn_over()
    for log in logs:
        log.keyring.read()
    in_use = logs[0].keyring.newest.check_value
    console.print(f"{_name(in_use)} is in use now, and the one before it is retired.")


def _turn_over() -> None:
    names = ("JANJI_MASTER_KEY_FILE", "JANJI_RETIRED_MASTER_KEYS_FILE")
    given = [os.environ.get(name) for name in names]
    remedy = f"put the next key into {names[0]} and the present one into {names[1]}; run this again"
    in_use, retired = given
    if not in_use or not retired:
        raise CannotStart(f"give the services their keys by file, which they read again; {remedy}")
    try:
        MasterKeyFiles(Path(in_use), Path(retired)).turn_over()
    except OSError as error:
        raise CannotStart(f"{in_use} can't be changed here ({error.strerror}): {remedy}") from error


async def _wrap_anew(log: SealedLog, report: Report) -> None:
    """Until no service can still write a key that was wrapped before. Raises CannotStart."""
    loop, passes = asyncio.get_running_loop(), 0
    since = loop.time()
    while passes < PASSES_MAX:
        is_late = loop.time() - since > STRAGGLERS_SECONDS
        wrapped = await rotation.wrap_anew(
            log.connection, log.keyring, partial(report, log.service)
        )
        if is_late and not wrapped:
            await rotation.finish(log.connection, log.keyring)
            return
        passes += is_late
        await asyncio.sleep(SETTLE_EVERY_SECONDS)
    raise CannotStart(f"{log.service} still seals under an earlier key: restart it, then run again")


@asynccontextmanager
async def _logs() -> AsyncIterator[Sequence[SealedLog]]:
    """Open until the block ends. Raises CannotStart."""
    owners = _owners()
    given = load(SealingSettings)
    async with AsyncExitStack() as opened:
        logs = []
        for service, url in owners.items():
            connecting = connected(url, name="janji keys", answer_seconds=READ_SECONDS)
            connection = await opened.enter_async_context(connecting)
            logs.append(SealedLog(service, connection, keyring_of(given)))
        yield logs


def _owners() -> Mapping[str, str]:
    """The URL of each log's owner: of `janji up`, else by the variables of `deploy.setup`."""
    here = home()
    if (addresses := Addresses.load(here)) is not None:
        here.key_files.prepare()
        os.environ.pop("JANJI_MASTER_KEY", None)  # another installation's
        os.environ |= here.key_files.variables
        return {service: addresses.databases[service].owner_url for service in CASE_SERVICES}
    settings = load(SetupSettings)
    return {service: settings.database(service).owner_url for service in CASE_SERVICES}


def _name(check_value: bytes) -> str:
    return f"master key {check_value.hex()[:8]}"
