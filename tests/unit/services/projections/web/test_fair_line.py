"""Who has a turn when a network sends more callers than all others."""

import asyncio

import pytest

from services.projections.web.fair_line import FairLine, LineIsFull


class Turns:
    """Callers of a line, in the order of their turns."""

    def __init__(self, callers_max: int) -> None:
        self.line = FairLine(callers_max)
        self.had: list[str] = []
        self.refused: list[str] = []

    async def call(self, name: str) -> None:
        try:
            async with self.line.turn(name[0]):
                self.had.append(name)
                await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0)
        except LineIsFull:
            self.refused.append(name)

    async def come(self, *names: str) -> None:
        await asyncio.gather(*map(self.call, names))


async def test_networks_take_turns() -> None:
    turns = Turns(10)

    await turns.come("a1", "a2", "a3", "a4", "b1", "b2", "c1")

    assert turns.had == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_crowding_network_makes_room_for_another() -> None:
    turns = Turns(4)

    await turns.come("a1", "a2", "a3", "a4", "b1")

    assert turns.refused == ["a4"]
    assert turns.had == ["a1", "a2", "b1", "a3"]


async def test_crowding_network_is_refused_itself() -> None:
    turns = Turns(4)

    await turns.come("b1", "a2", "a3", "a4", "a5", "a6")

    assert turns.refused == ["a5", "a6"]


async def test_cancelled_caller_holds_up_nobody() -> None:
    turns = Turns(10)
    first, second = (asyncio.ensure_future(turns.call(name)) for name in ("a1", "a2"))
    third = asyncio.ensure_future(turns.call("a3"))
    await asyncio.wait({first})

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second

    await third
    await turns.come("a4")
    assert turns.had[-2:] == ["a3", "a4"]
