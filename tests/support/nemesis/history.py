"""What every call did, as its caller saw it, and whether one log could have answered so.

Each call is written down as invoked, and then as ok, failed (refused: nothing was written) or
unknown. All that a restore can have taken back is in doubt. In the end each key that is in doubt is
sent again, so that every event in the log is claimed by one key.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.requests.domain import STEPS
from services.requests.status import RequestStatus as Status

Outcome = Literal["invoked", "ok", "fail", "unknown"]
READ, SUBMIT = "read", "submit"


@dataclass
class Call:
    """One request of one client. A read has no key."""

    command: str
    key: str
    number: str
    invoked_at: float
    ended_at: float = math.inf
    outcome: Outcome = "invoked"
    said: str = ""  # the status and the body of its answer
    version: int = 0
    status: str = ""
    is_repeated: bool = False  # its answer is that of an earlier call with its key

    def is_in_doubt(self, restores: Sequence[tuple[float, float]]) -> bool:
        """Whether the state that it saw or made may have been taken back."""
        return any(self.invoked_at < end and self.ended_at > begin for begin, end in restores)


@dataclass
class History:
    """All calls, and the restores: from when on a backup knew nothing, until it was in place.

    is_quiet_from: from then on nothing breaks, and nobody is late.
    """

    calls: list[Call] = field(default_factory=list)
    restores: list[tuple[float, float]] = field(default_factory=list)
    is_quiet_from: float = math.inf

    @property
    def certain(self) -> list[Call]:
        """The calls that succeeded, and whose success no restore could take back."""
        return [c for c in self.calls if c.outcome == "ok" and not c.is_in_doubt(self.restores)]

    @property
    def refused(self) -> list[Call]:
        return [c for c in self.calls if c.outcome == "fail" and not c.is_in_doubt(self.restores)]

    def in_doubt(self) -> dict[str, Call]:
        """By key: a call of each key of which nobody can say for certain what became of it."""
        decided = {call.key for call in self.certain}
        decided |= {call.key for call in self.refused if call.invoked_at > self.is_quiet_from}
        known = {id(call) for call in [*self.certain, *self.refused]}
        return {
            call.key: call
            for call in self.calls
            if call.command != READ and id(call) not in known and call.key not in decided
        }

    def claims(self) -> dict[tuple[str, int], str]:
        """The key of the command that each event was said to come from."""
        writes = [call for call in self.certain if call.command != READ]
        claimed = {(call.number, call.version): call.key for call in writes}
        for call in writes:
            assert claimed[call.number, call.version] == call.key, f"two keys, one event: {call}"
        return claimed

    def count(self) -> dict[str, int]:
        counted: dict[str, int] = defaultdict(int)
        for call in self.calls:
            counted["read" if call.command == READ else call.outcome] += 1
        return dict(counted)


def two_answers(history: History) -> list[str]:
    """The keys whose command succeeded with two answers."""
    answers: dict[str, set[str]] = defaultdict(set)
    for call in history.certain:
        if call.command != READ:
            answers[call.key].add(call.said)
    return [f"{key}: {sorted(said)}" for key, said in answers.items() if len(said) > 1]


def anomalies(history: History, statuses: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What no single copy of each case, changed by one command at a time, would have answered.

    statuses: of each case, after its first event, its second, and so on. Since a success names its
    version, the order of the writes is known, and what is left is to compare it with the clock.
    """
    of_case: dict[str, list[Call]] = defaultdict(list)
    for call in [*history.certain, *history.refused]:
        of_case[call.number].append(call)
    for number, calls in of_case.items():
        after = statuses.get(number, ())
        for call in calls:
            earliest = max((c.version for c in calls if c.ended_at < call.invoked_at), default=0)
            if call.outcome == "fail":
                yield from _wrong_refusal(call, calls, after, earliest)
            else:
                yield from _wrong_success(call, calls, after, earliest)


def _wrong_success(
    call: Call, calls: Sequence[Call], after: Sequence[str], earliest: int
) -> Iterator[str]:
    if not 0 < call.version <= len(after) or after[call.version - 1] != call.status:
        yield f"not in the log: {call}; {after}"
    if call.command == READ and not earliest <= call.version <= _latest(calls, call, after):
        yield f"read out of its time, after {earliest}: {call}"
    if call.command != READ and not call.is_repeated and call.version <= earliest:
        yield f"written behind what was there, {earliest}: {call}"


def _wrong_refusal(
    call: Call, calls: Sequence[Call], after: Sequence[str], earliest: int
) -> Iterator[str]:
    """Not even before its own success may it be refused where it was allowed all the time."""
    if not after:
        return  # a restore took the whole case
    own = [c.version - 1 for c in calls if c.key == call.key and c.outcome == "ok"]
    latest = min([_latest(calls, call, after), *own])
    possible = after[max(earliest - 1, 0) : latest]
    if call.said == "404" or all(Status(each) in STEPS[call.command] for each in possible):
        yield f"refused, and allowed in all of {possible}: {call}"


def _latest(calls: Sequence[Call], call: Call, after: Sequence[str]) -> int:
    """The last version that this call can have met: none that was asked for after its end."""
    later = (
        each.version - 1
        for each in calls
        if each.command != READ
        and not each.is_repeated
        and each.invoked_at > call.ended_at
        and each.outcome == "ok"
    )
    return min(later, default=len(after))
