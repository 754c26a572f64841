"""The secret is in the receipt and nowhere else; what is personal lies sealed and goes nowhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import aio_pika
import pytest

from shared.messaging.topology import EXCHANGE
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from testbed.http import Client
from tests.support.cases.complaints_service import (
    AUDITOR,
    COMPLAINT,
    INTAKE,
    PUBLIC_COMPLAINT,
    REVIEWER,
    SUPERVISOR,
    Json,
    complaints_service,
    give,
    published,
)

PUBLIC = "/v1/public/complaints"
STEPS = ("classify", "assign", "request-clarification", "resume", "respond", "resolve")
WRITTEN = (  # by the complainant and by the office
    "Budi Hartono",
    "+628125550100",
    "Surat belum dijawab",
    "seminggu kami menunggu",
    "Surat yang mana",
    "Tidak ada jawaban",
    "Sedang kami periksa",
    "Sudah kami jawab",
    "Belum selesai",
    "Agak lama",
)
TABLES = "select quote_ident(tablename) from pg_tables where schemaname = 'public'"
EVENTS = 10
SECONDS_MAX = 20.0


@dataclass(frozen=True)
class Place:
    """A service whose database the test can look into."""

    client: Client
    database: Database

    async def everything_stored(self) -> str:
        """Every row of every table, bytes as they are."""
        async with connected(self.database.owner_url) as connection:
            names = [row[0] for row in await connection.fetch(TABLES)]
            rows = [
                value
                for name in names
                for row in await connection.fetch(f"select * from {name}")
                for value in row.values()
            ]
        return " ".join(
            value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in rows
        )

    async def readings(self) -> list[str]:
        """Who saw personal data, in order."""
        async with connected(self.database.owner_url) as connection:
            rows = await connection.fetch("select sub from personal_data_readings order by at")
        return [row["sub"] for row in rows]


@pytest.fixture
async def place(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Place]:
    here = database("complaints")
    async with complaints_service(here, tmp_path) as client:
        yield Place(client, here)


async def told(client: Client) -> Json:
    """A complaint by the public form, with everything that people write; ten events."""
    key = {"idempotency-key": "formulir-dari-seorang-warga"}
    receipt: Json = (await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)).json
    number, secret = receipt["number"], receipt["tracking_secret"]
    answers = [await give(client, number, command) for command in STEPS]
    answers += [await give(client, number, "reopen", token=secret, under=PUBLIC)]
    answers += [await give(client, number, "resolve")]
    answers += [await give(client, number, "rate", token=secret, under=PUBLIC)]
    assert {each.status for each in answers} == {200}
    return receipt


async def test_the_secret_is_in_the_receipt_and_nowhere_else(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = await told(place.client)
    number, secret = receipt["number"], receipt["tracking_secret"]
    target = f"/v1/complaints/{number}"

    answers = [
        await place.client.get(target, token=SUPERVISOR),
        await place.client.get(f"{target}/events", token=SUPERVISOR),
        await place.client.get(f"{target}/clock", token=SUPERVISOR),
        await place.client.get(f"{PUBLIC}/{number}", token=secret),
        await place.client.get(f"{PUBLIC}/{number}/clock", token=secret),
        await place.client.get("/metrics", token=SUPERVISOR),
    ]

    assert {each.status for each in answers} == {200}
    lines = "".join(capsys.readouterr())
    assert f"route={PUBLIC}" in lines
    seen = "".join(each.text for each in answers) + lines
    assert secret not in seen + await place.everything_stored() + await published(place.client)


async def test_complaint_texts_lie_sealed_and_are_in_no_line_of_the_log(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    await told(place.client)

    stored = await place.everything_stored()
    lines = "".join(capsys.readouterr())

    assert "complaints.rated" in stored
    assert "reviewer-1" in stored
    assert not [each for each in WRITTEN if each in stored + lines]
    assert not [each for each in WRITTEN if each in await published(place.client)]


async def test_number_and_secret_are_in_no_line_of_the_log(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = await told(place.client)

    lines = "".join(capsys.readouterr())

    assert receipt["number"] not in lines
    assert receipt["tracking_secret"] not in lines


async def test_a_wrong_secret_is_refused_without_asking_the_log(place: Place) -> None:
    """Else the time would tell whether there is such a number."""
    receipt = (await place.client.post(PUBLIC, PUBLIC_COMPLAINT)).json
    own, unknown = f"{PUBLIC}/{receipt['number']}", f"{PUBLIC}/ADU-0000-0000-0"

    async with connected(place.database.owner_url) as connection, connection.transaction():
        await connection.execute("lock table stored_events in access exclusive mode")
        wrong = await place.client.get(own, token="x")
        none = await place.client.get(unknown, token=receipt["tracking_secret"])

    assert (wrong.status, none.status) == (404, 404)
    assert wrong.json | {"trace_id": None} == none.json | {"trace_id": None}


async def test_reader_of_personal_data_is_put_on_record(place: Place) -> None:
    complaint = (await place.client.post("/v1/complaints", COMPLAINT, token=INTAKE)).json
    target = f"/v1/complaints/{complaint['number']}"

    await place.client.get(target, token=REVIEWER)
    await place.client.get(f"{target}/clock", token=INTAKE)
    await place.client.get(target, token=AUDITOR)
    await place.client.get(f"{target}/events", token=SUPERVISOR)
    await place.client.get(f"{PUBLIC}/{complaint['number']}", token=complaint["tracking_secret"])

    assert await place.readings() == ["reviewer-1", "supervisor-1", "complainant"]


async def test_stored_events_go_out_on_the_broker_without_personal_data(
    database: Callable[[str], Database], vhost: str, tmp_path: Path
) -> None:
    async with (
        await aio_pika.connect(vhost) as connection,
        complaints_service(database("complaints"), tmp_path, broker_url=vhost) as client,
    ):
        await eventually(lambda: relay_works(client), seconds=SECONDS_MAX)
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(EXCHANGE, "complaints.#")

        receipt = await told(client)

        async with asyncio.timeout(SECONDS_MAX), queue.iterator() as messages:
            sent = [await anext(messages) for _ in range(EVENTS)]

    assert [each.routing_key for each in sent[:2]] == [
        "complaints.received.v1",
        "complaints.classified.v1",
    ]
    spoken = "".join(each.body.decode() + str(each.headers) for each in sent)
    assert receipt["number"] in spoken
    assert not [each for each in (*WRITTEN, receipt["tracking_secret"]) if each in spoken]


async def relay_works(client: Client) -> bool:
    metrics = await client.get("/metrics", token=SUPERVISOR)
    return "janji_relay_connected 1.0" in metrics.text
