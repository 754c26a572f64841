"""What makes a command safe to repeat, and right when another one is stored first.

A use case of either service reads

    @idempotent
    async def assign(self, context: CommandContext, number: str, assignee: str) -> …:
        request = await self.cases.load(context, number)
        request.assign(assignee, self.cases.act(context.by))
        return await self.cases.append(context, request)
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from shared.cases.case import Case
from shared.cases.repository import CaseRepository, CommandContext, CommandResult
from shared.eventstore.errors import AggregateNotFound, VersionConflict
from shared.eventstore.retries import retried
from shared.refusals import Refusal

C = TypeVar("C", bound=Case)
P = ParamSpec("P")

REFUSED = (Refusal, AggregateNotFound, VersionConflict)
"""How a command ends that the stored cases forbid: its own first try may be among them."""


class HasCases(Protocol[C]):
    """The use cases of a service, which load and append its cases."""

    cases: CaseRepository[C]


def idempotent(
    use_case: Callable[Concatenate[Any, CommandContext, P], Awaitable[CommandResult[C]]],
) -> Callable[Concatenate[Any, CommandContext, P], Awaitable[CommandResult[C]]]:
    """Make a use case safe to repeat, and right when another command is appended first.

    A key that came before gives its first result; the log checks it again, under its lock. After
    a VersionConflict the case is loaded and decides anew; a new case then draws another number,
    since a number that is taken is a conflict like any other. A repeat may look for its key before
    its first try is stored and load the case after, so a refusal looks for the key once more.
    """
    decide_until_first = retried(use_case)

    @wraps(use_case)
    async def once(
        service: HasCases[C], context: CommandContext, /, *args: P.args, **kwargs: P.kwargs
    ) -> CommandResult[C]:
        if context.key is None:
            return await decide_until_first(service, context, *args, **kwargs)
        first = await service.cases.result_of_first(context.key, context.by)
        if first is not None:
            return first
        try:
            return await decide_until_first(service, context, *args, **kwargs)
        except REFUSED:
            first = await service.cases.result_of_first(context.key, context.by)
            if first is None:
                raise
            return first

    return once
