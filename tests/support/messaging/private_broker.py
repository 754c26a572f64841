"""A RabbitMQ node of a test's own, to be killed, stopped and filled up."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.broker import BrokerNode, Ports, Software
from deploy.local.ports import free_ports
from deploy.local.processes import noted
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import Program, supervising

ANSWER_SECONDS_MAX = 90.0
WITHOUT_END = 10**15  # bytes: more free space than any disk has
PLENTY = 50_000_000  # RabbitMQ's own default


@dataclass(frozen=True)
class PrivateBroker:
    """Kept running by a supervisor: what is killed comes back."""

    broker: BrokerNode
    program: Program

    @property
    def url(self) -> str:
        return self.broker.url

    async def kill(self) -> None:
        """SIGKILL to the node. It is started again at once, and answers some seconds later."""
        pid = noted(self.broker.folder / "broker.pid")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    async def answers(self) -> None:
        """Until it lets its users in."""
        log = self.broker.folder / "broker.log"
        await wait_until(
            self.broker.accepts_login, seconds=ANSWER_SECONDS_MAX, otherwise=log.read_text
        )

    async def stop(self) -> None:
        """Close the broker, leaving the node."""
        await self.control("stop_app")

    async def start(self) -> None:
        await self.control("start_app")

    async def run_out_of_disk(self) -> None:
        """Raise its disk alarm: it takes nothing more from publishers."""
        await self.control("set_disk_free_limit", str(WITHOUT_END))

    async def have_disk_again(self) -> None:
        await self.control("set_disk_free_limit", str(PLENTY))

    async def forget_nothing(self) -> None:
        """Write all tables to the disk.

        A node that is killed soon after a queue was declared loses that queue (3.10). That is a
        fault of its own, and not every test is about it.
        """
        await self.control("eval", "[dets:sync(T) || T <- dets:all()].")

    async def control(self, *words: str) -> None:
        """`rabbitmqctl`, of this node."""
        script = Path(self.program.command[0]).parent / "rabbitmqctl"
        process = await asyncio.create_subprocess_exec(
            str(script),
            *words,
            env=dict(self.program.environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()


@asynccontextmanager
async def private_broker(folder: Path, software: Software) -> AsyncIterator[PrivateBroker]:
    broker = BrokerNode(folder, software, Ports(*free_ports(4)), "test")
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        epmd, program = broker.programs()
        private = PrivateBroker(broker, replace(program, stop_signal=signal.SIGKILL))
        supervisor.keep(epmd)
        supervisor.keep(private.program)
        await private.answers()
        yield private
