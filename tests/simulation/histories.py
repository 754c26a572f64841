"""What clients were told, compared with the log: one key one answer, and each case linearizable.

A case is a register of versions: each command that succeeded made one. So an order that explains
all answers exists if versions agree with real time (who was answered before another one set out has
the smaller version) and with what each command expected. Answers of before a restore are compared
among themselves only, and what the restore lost isn't looked for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from shared.promise.case_number import case_id
from tests.simulation.clients import Command
from tests.simulation.postgres.tables import Log

MAY_COME_AGAIN = "VersionConflict"  # told to who met five others in a row; a repeat may succeed
WRITES = ("submit", "assign", "review", "withdraw")


def faults_of(commands: Sequence[Command], log: Log, life: int) -> Iterator[str]:
    """Every answer that the log, or another answer, contradicts. life: the log's present one."""
    yield from _doubled(log)
    for command in commands:
        if not command.answers:
            yield f"never answered: {command}"
        elif command.kind in WRITES:
            yield from _of_one_key(command, log, life)
    for each in sorted({command.life for command in commands}):
        yield from _of_one_life([c for c in commands if _is_whole_in(c, each)])


def _is_whole_in(command: Command, life: int) -> bool:
    """Nothing was restored between its beginning and its last answer."""
    return command.life == life and all(answer.life == life for answer in command.answers)


def _doubled(log: Log) -> Iterator[str]:
    marks = Counter(
        said.get("assignee", (event.originator_id, event.topic))
        for event in log.events
        for said in [msgspec.json.decode(event.state)]
    )
    yield from (f"carried out {times} times: {mark}" for mark, times in marks.items() if times > 1)


def _of_one_key(command: Command, log: Log, life: int) -> Iterator[str]:
    if not _is_whole_in(command, command.life):
        return
    told = {(each.outcome, each.number, each.version) for each in command.answers}
    succeeded = [each for each in command.answers if each.outcome == "ok"]
    final = {each for each in told if each[0] != MAY_COME_AGAIN}
    if succeeded and len(final) > 1:
        yield f"one key, several answers: {command}"
    if command.life != life:
        return
    outcome = log.keys.get(command.key)
    if not succeeded:
        if outcome is not None and final:
            yield f"refused and stored: {command}"
    elif outcome is None:
        yield f"acknowledged and not in the log: {command}"
    else:
        stored = log.events[outcome.last_position - 1]
        number, version = succeeded[0].number or "", succeeded[0].version
        if (stored.originator_id, stored.version) != (case_id(number), version):
            yield f"answered with another event than its own: {command}"


def _of_one_life(commands: Sequence[Command]) -> Iterator[str]:
    cases: dict[str, list[Command]] = {}
    for command in commands:
        if command.first and command.first.number:
            cases.setdefault(command.first.number, []).append(command)
    for of_one_case in cases.values():
        made = [c for c in of_one_case if c.kind in WRITES and _version_of(c)]
        yield from _in_order(sorted(made, key=_version_of))
        yield from (fault for c in of_one_case for fault in _expected(c, made))


def _version_of(command: Command) -> int:
    """The version that it made; 0: none."""
    return next((each.version or 0 for each in command.answers if each.outcome == "ok"), 0)


def _answered_at(command: Command) -> float:
    return min(each.at for each in command.answers)


def _in_order(made: Sequence[Command]) -> Iterator[str]:
    """By version. Nobody set out after one of a later version was answered."""
    for one, other in pairwise(made):
        if _version_of(one) == _version_of(other):
            yield f"one version for two: {one} and {other}"
    for n, command in enumerate(made):
        for later in made[n + 1 :]:
            if _answered_at(later) < command.at:
                yield f"answered before it set out, with a later version: {later} and {command}"


def _expected(command: Command, made: Sequence[Command]) -> Iterator[str]:
    """What it read, or was told to be there, is no older than what others had been told before."""
    known = max((_version_of(c) for c in made if _answered_at(c) < command.at), default=0)
    for each in command.answers:
        version = each.version
        is_made = each.outcome == "ok" and command.kind in WRITES
        if is_made and command.expected is not None and version != command.expected + 1:
            yield f"stored over another version than it expected: {command}"
        if each.outcome == "StaleVersion" and version == command.expected:
            yield f"stale at the version that it expected: {command}"
        is_reading = command.kind == "read" or each.outcome == "StaleVersion"
        if is_reading and version is not None and version < known:
            yield f"an older version than was told before: {command}"
