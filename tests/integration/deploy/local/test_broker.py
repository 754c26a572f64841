"""A private RabbitMQ: closed to strangers, and up again whatever dies."""

import os
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aio_pika
import aiormq.exceptions
import pytest
import pytest_asyncio
from aiormq import spec

from deploy.accounts import of_services
from deploy.databases import SERVICES
from deploy.failures import CannotStart
from deploy.local.broker import CAUSES, BrokerNode, Ports, Software
from deploy.local.ports import free_ports
from deploy.local.processes import noted
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import reason, supervising
from shared.messaging import topology

PATIENCE_SECONDS = 60.0
COMPLAINTS = topology.projection_queue("complaints")
STREAMS = {
    "requests": topology.stream("requests"),
    "complaints": topology.stream("complaints"),
    "projections": topology.stream("sla"),
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rabbit(
    tmp_path_factory: pytest.TempPathFactory, broker_software: Software
) -> AsyncIterator[BrokerNode]:
    """A node kept running for all tests of this file, its process noted beside its files."""
    folder = tmp_path_factory.mktemp("broker")
    accounts = of_services(dict.fromkeys(SERVICES, "secret"))
    broker = BrokerNode(folder, broker_software, Ports(*free_ports(4)), "right", accounts)
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        epmd, program = broker.programs()
        supervisor.keep(epmd)
        supervisor.keep(replace(program, stop_signal=signal.SIGKILL))  # spares six seconds
        await answering(broker)
        yield broker


async def answering(broker: BrokerNode) -> None:
    log = broker.folder / "broker.log"
    await wait_until(broker.accepts_login, seconds=PATIENCE_SECONDS, otherwise=log.read_text)


def node(broker: BrokerNode) -> int:
    pid = noted(broker.folder / "broker.pid")
    assert pid is not None
    return pid


async def test_a_killed_node_is_up_again_for_its_users(rabbit: BrokerNode) -> None:
    """What it held is another matter: RabbitMQ 3.10 loses a queue that was declared seconds before
    it is killed, and the feeds heal that (tests/faults).
    """
    first = node(rabbit)

    os.kill(first, signal.SIGKILL)
    await answering(rabbit)

    connection = await aio_pika.connect(rabbit.url)
    assert node(rabbit) != first
    await connection.close()


async def test_the_noted_process_is_the_node_and_no_shell_around_it(rabbit: BrokerNode) -> None:
    assert is_running_as(node(rabbit), "beam.smp")


def is_running_as(pid: int, program: str) -> bool:
    return Path(f"/proc/{pid}/exe").readlink().name == program


async def test_reason_of_a_failed_start_is_told_at_once(
    tmp_path: Path, broker_software: Software
) -> None:
    ports = Ports(*free_ports(4))
    broker = BrokerNode(tmp_path, broker_software, ports, "right")
    taken = socket.create_server(("127.0.0.1", ports.distribution))
    words = f"broker can't start.*distribution port {ports.distribution}"
    with taken:
        async with supervising(logs=tmp_path, run=tmp_path, say=print) as supervisor:
            supervisor.keep(*broker.programs())
            with pytest.raises(CannotStart, match=words):
                await supervisor.ready(
                    "epmd", "broker", holds=broker.accepts_login, seconds=PATIENCE_SECONDS
                )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (  # 4.0: the log is not open yet
            "=INFO REPORT==== 30-Nov-2026::15:59:02.304751 ===\n"
            'Runtime terminating during boot ({error,{runtime_tools,"no such file"}})\n'
            "\nCrash dump is being written to: erl_crash.dump...done",
            'Runtime terminating during boot ({error,{runtime_tools,"no such file"}})',
        ),
        (
            "2026-11-30 15:53:43.6+00:00 [error] <0.132.0> \n"
            "2026-11-30 15:53:43.6+00:00 [error] <0.132.0> BOOT FAILED\n"
            "2026-11-30 15:53:43.6+00:00 [error] <0.132.0> ===========\n"
            "2026-11-30 15:53:43.6+00:00 [error] <0.132.0> ERROR: could not bind\n"
            "2026-11-30 15:53:44.7+00:00 [error] <0.132.0>     errorContext: start_error\n"
            "init terminating in do_boot ({error,{_}})\n",
            "ERROR: could not bind",
        ),
    ],
    ids=["Erlang's own words", "the first error in its log"],
)
async def test_plainest_words_of_the_broker_are_the_reason(said: str, told: str) -> None:
    assert reason(said, CAUSES) == told


@pytest.mark.parametrize(("user", "password"), [("guest", "guest"), ("janji", "wrong")])
async def test_strangers_are_refused(rabbit: BrokerNode, user: str, password: str) -> None:
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(rabbit.url_of(user, password))


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_may_declare_what_its_relay_needs(
    rabbit: BrokerNode, service: str
) -> None:
    async with await connected(rabbit, service) as connection:
        await topology.declare(await connection.channel(), STREAMS[service])


@pytest.mark.parametrize(
    ("service", "routing_key"),
    [("requests", "complaints.closed.v1"), ("projections", "requests.submitted.v1")],
)
async def test_no_service_speaks_in_the_name_of_another(
    rabbit: BrokerNode, service: str, routing_key: str
) -> None:
    async with await connected(rabbit, service) as connection:
        channel = await connection.channel()
        await topology.declare(channel, STREAMS[service])
        exchange = await channel.get_exchange(topology.EXCHANGE)

        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await exchange.publish(aio_pika.Message(b"forged"), routing_key)


@pytest.mark.parametrize(
    ("service", "routing_key"),
    [
        ("requests", "requests.submitted.v1"),
        ("complaints", "complaints.received.v1"),
        ("projections", "sla.overdue.v1"),
    ],
)
async def test_every_service_speaks_in_its_own_name(
    rabbit: BrokerNode, service: str, routing_key: str
) -> None:
    async with await connected(rabbit, service) as connection:
        channel = await connection.channel()
        await topology.declare(channel, STREAMS[service])
        exchange = await channel.get_exchange(topology.EXCHANGE)

        confirmed = await exchange.publish(aio_pika.Message(b"an event"), routing_key)

    assert isinstance(confirmed, spec.Basic.Ack)


@pytest.mark.parametrize("queue", ["projections.complaints", "events.complaints", "mine"])
async def test_a_service_makes_no_queue_but_its_own(rabbit: BrokerNode, queue: str) -> None:
    async with await connected(rabbit, "requests") as connection:
        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await (await connection.channel()).declare_queue(queue, durable=True)


async def test_a_service_brings_nothing_into_another_sources_queue(rabbit: BrokerNode) -> None:
    """Tried before: bound to its own routing key, the queue took 50 forged events."""
    async with await connected(rabbit, "projections") as connection:
        await topology.declare(await connection.channel(), COMPLAINTS)
    async with await connected(rabbit, "requests") as connection:
        queue = await (await connection.channel()).get_queue(COMPLAINTS.name, ensure=False)
        own = await (await connection.channel()).get_queue("events.requests", ensure=False)

        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await queue.bind(topology.EXCHANGE, "requests.#")
        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await own.bind(topology.EXCHANGE, "complaints.#")


async def test_a_service_reads_no_queue_of_another(rabbit: BrokerNode) -> None:
    async with await connected(rabbit, "projections") as connection:
        await topology.declare(await connection.channel(), COMPLAINTS)
    async with await connected(rabbit, "requests") as connection:
        queue = await (await connection.channel()).get_queue(COMPLAINTS.name, ensure=False)

        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await queue.get()


async def connected(broker: BrokerNode, service: str) -> aio_pika.abc.AbstractConnection:
    return await aio_pika.connect(broker.url_of(service, "secret"))
