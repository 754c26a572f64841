"""What a seeded nemesis does to an office, one move after another, from several hands at once."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from testbed.proxy import Proxy
from tests.support.nemesis.service_process import ServiceProcess

HANDS = 3
HOLD_SECONDS = (0.1, 2.0)
PAUSE_SECONDS_MAX = 0.3
SLOW_SECONDS = 0.05
SHIFTS = ("+40d", "-2h")
RESTORE, RESTORE_AT = "restore server", 6  # in the first deck, so that even a short run has one

Hold = Callable[[], Awaitable[None]]
Move = Callable[[Hold], Awaitable[None]]


@dataclass
class Nemesis:
    """Deals its moves from a shuffled deck, again and again, until it is told to end."""

    chance: random.Random
    moves: Mapping[str, Move]
    made: "list[str]"

    async def rage(self, seconds: float) -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, over.set)
        deck, busy = self._deck(), set[str]()
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS):
                hands.create_task(self._hand(deck, over, busy))

    def _deck(self) -> list[str]:
        """Dealt from its end."""
        deck = list(self.moves)
        self.chance.shuffle(deck)
        if not self.made:
            deck.remove(RESTORE)
            deck.insert(len(deck) - RESTORE_AT, RESTORE)
        return deck

    async def _hand(self, deck: list[str], over: asyncio.Event, busy: set[str]) -> None:
        while not over.is_set():
            if not deck:
                deck.extend(self._deck())
            name = deck.pop()
            target = name.partition(" ")[2]
            if target in busy:
                await self._hold(over, 0.0, PAUSE_SECONDS_MAX)
                continue
            busy.add(target)
            self.made.append(name)
            await self.moves[name](lambda: self._hold(over, *HOLD_SECONDS))
            busy.discard(target)
            await self._hold(over, 0.0, PAUSE_SECONDS_MAX)

    async def _hold(self, over: asyncio.Event, least: float, most: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), self.chance.uniform(least, most))


def on_network(name: str, network: Proxy) -> dict[str, Move]:
    """Each way in which a network fails."""

    async def refuse(hold: Hold) -> None:
        await network.refuse()
        await hold()
        network.heal()

    async def reset(hold: Hold) -> None:
        await network.cut(reset=True)

    async def freeze(hold: Hold) -> None:
        network.freeze()
        await hold()
        network.heal()

    async def half_open(hold: Hold) -> None:
        network.half_open()

    async def slow(hold: Hold) -> None:
        network.delay(SLOW_SECONDS)
        await hold()
        network.heal()

    return {f"{each.__name__} {name}": each for each in (refuse, reset, freeze, half_open, slow)}


def on_process(name: str, process: ServiceProcess) -> dict[str, Move]:
    async def kill(hold: Hold) -> None:
        process.kill()

    async def stop(hold: Hold) -> None:
        process.freeze()
        await hold()
        process.thaw()

    async def shift(hold: Hold) -> None:
        assert process.clock is not None
        for by in SHIFTS:
            process.clock.shift(by)
            await hold()
        process.clock.shift("+0")

    found = [kill, stop, *([shift] if process.clock else [])]
    return {f"{each.__name__} {name}": each for each in found}
