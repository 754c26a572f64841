"""The complaints service as its main.py builds it, on a database of its own, spoken to over HTTP.

It is Tuesday, 24 November 2026, 10:15 in Pontianak.
"""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.complaints.main import ComplaintsSettings, build
from shared.runtime.server import Service, running
from testbed.databases import Database
from testbed.http import Answer, Client
from testbed.surface import AUDIENCE, ISSUER, KEY, NOW, token
from tests.support.clocks.agreeing import in_the_time_of

Json = dict[str, Any]

INTAKE = token("intake", sub="intake-1")
REVIEWER = token("reviewer", sub="reviewer-1")
OTHER_REVIEWER = token("reviewer", sub="reviewer-2")
SUPERVISOR = token("supervisor", sub="supervisor-1")
AUDITOR = token("auditor", sub="auditor-1")
SUBSCRIBER = token("subscriber", sub="subscriber-1")
AGENCY = token("agency", sub="dinkes-1", agency="DINKES")

PUBLIC_COMPLAINT: Json = {
    "complainant": {"kind": "named", "contact": {"name": "Budi Hartono", "phone": "+628125550100"}},
    "subject": "Surat belum dijawab",
    "text": "Sudah seminggu kami menunggu.",
}
COMPLAINT: Json = {
    **PUBLIC_COMPLAINT,
    "channel": "whatsapp",
    "received_at": "2026-11-24T09:00:00+07:00",
}

BODIES: Mapping[str, Json] = {
    "classify": {"category": "minor"},
    "reclassify": {"category": "oversight", "reason": "Perlu pemeriksaan"},
    "assign": {"assignee": "reviewer-1"},
    "request-clarification": {"question": "Surat yang mana?"},
    "clarify": {"answer": "Surat nomor 7"},
    "resume": {"reason": "Tidak ada jawaban"},
    "respond": {"text": "Sedang kami periksa"},
    "resolve": {"answer": "Sudah kami jawab"},
    "reject": {"reason": "Bukan layanan kami"},
    "forward": {"to": "Inspektorat", "reference": "INS/7", "reason": "Kewenangannya"},
    "reopen": {"reason": "Belum selesai"},
    "close": {},
    "void": {"reason": "spam", "remark": "Iklan"},
    "rate": {"score": 4, "remark": "Agak lama"},
    "erase-personal-data": {"reason": "Permintaan yang bersangkutan"},
}
"""A body that each command takes; `reclassify` is a second `classify`."""

WAY_TO: Mapping[str, Sequence[str]] = {
    "received": (),
    "classified": ("classify",),
    "in_progress": ("classify", "assign"),
    "waiting": ("classify", "assign", "request-clarification"),
    "resolved": ("classify", "assign", "resolve"),
    "closed": ("classify", "assign", "resolve", "close"),
}
"""The commands that lead to a status."""


@asynccontextmanager
async def complaints_service(
    database: Database,
    folder: Path,
    *,
    broker_url: str = "",
    now: Callable[[], datetime] = lambda: NOW,
    database_at: datetime | None = None,
    pages_url: str | None = None,
    own_url: str | None = None,
) -> AsyncIterator[Client]:
    """Until the block ends. `folder` is for the issuer's public keys.

    database_at: what the database's clock shows; None: the same.
    """
    (jwks := folder / "jwks.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    given = ComplaintsSettings(
        database_url=SecretStr(database.app_url),
        broker_url=SecretStr(broker_url),
        master_key=base64.b64encode(bytes(32)),  # type: ignore[arg-type]
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks=str(jwks),
        pages_public_url=pages_url,
        complaints_public_url=own_url,
        proxies_in_front=1,  # so that a test speaks for many addresses
    )
    async with _running(in_the_time_of(build(given, now), lambda: database_at or now())) as client:
        yield client


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[Client]:
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            client = Client(service.app)
            for member in (REVIEWER, OTHER_REVIEWER):
                await client.get("/v1/me", token=member)  # who was never seen is assigned nothing
            yield client


async def received(client: Client, **changes: Any) -> Json:
    """A new complaint, with its secret."""
    answer = await client.post("/v1/complaints", {**COMPLAINT, **changes}, token=SUPERVISOR)
    assert answer.status == 201, answer
    complaint: Json = answer.json
    return complaint


async def in_status(client: Client, status: str, **changes: Any) -> Json:
    """A new complaint that was led to this status: as it was received, with its secret."""
    complaint = await received(client, **changes)
    for command in WAY_TO[status]:
        answer = await give(client, complaint["number"], command)
        assert answer.status == 200, answer
    return complaint


async def give(
    client: Client,
    number: str,
    command: str,
    *,
    token: str | None = SUPERVISOR,
    headers: Mapping[str, str] | None = None,
    under: str = "/v1/complaints",
) -> Answer:
    """A command with the usual body."""
    target = f"{under}/{number}/{command.replace('reclassify', 'classify')}"
    return await client.post(target, BODIES[command], token=token, headers=headers)


async def head(client: Client) -> int:
    """The position where the log ends."""
    answer = await client.get("/v1/events/head", token=SUBSCRIBER)
    position: int = answer.json["position"]
    return position


async def published(client: Client, after: int = 0) -> str:
    """Everything on the feed after a position, as text."""
    answer = await client.get(f"/v1/events?after={after}&limit=1000", token=SUBSCRIBER)
    assert answer.status == 200, answer
    return answer.text
