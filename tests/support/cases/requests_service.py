"""The requests service as its main.py builds it, on a database of its own, spoken to over HTTP.

It is Tuesday, 24 November 2026, 10:15 in Pontianak.
"""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.requests.main import RequestsSettings, build
from shared.runtime.server import running
from testbed.databases import Database
from testbed.http import Answer, Client
from testbed.surface import AUDIENCE, ISSUER, KEY, NOW, token
from tests.support.clocks.agreeing import in_the_time_of

Json = dict[str, Any]

INTAKE = token("intake", sub="intake-1")
REVIEWER = token("reviewer", sub="reviewer-1")
SUPERVISOR = token("supervisor", sub="supervisor-1")
AUDITOR = token("auditor", sub="auditor-1")
SUBSCRIBER = token("subscriber", sub="subscriber-1")
DINKES = token("agency", sub="dinkes-1", agency="DINKES")
DINSOS = token("agency", sub="dinsos-1", agency="DINSOS")

SUBMISSION: Json = {
    "kind": "password_reset",
    "agency": "DINKES",
    "letter": {
        "number": "800/123/DINKES",
        "date": "2026-11-20",
        "signed_by": "head_of_agency",
        "stamped": True,
        "letter_id": None,
    },
    "accounts": ["dinkes@kalbarprov.go.id"],
    "contact": {"name": "Siti", "phone": "+62561736541", "email": "siti@dinkes.example"},
    "channel": "counter",
    "received_at": "2026-11-24T09:00:00+07:00",
}

LETTERS = count(1_000)  # no two requests come by one letter

BODIES: Mapping[str, Json] = {
    "review": {},
    "return": {"reason": "Cap belum ada", "missing": ["letter_stamp"]},
    "resubmit": {"letter": {**SUBMISSION["letter"], "number": "800/124/DINKES"}},
    "resume": {"reason": "Sudah dijelaskan lewat telepon"},
    "approve": {
        "checklist": {"signed_by_authorised_head": True, "stamped": True, "accounts_named": True}
    },
    "reject": {"reason": "Bukan akun dinas"},
    "process": {},
    "complete": {"result": "Kata sandi direset"},
    "confirm": {"letter_number": "555/9", "letter_date": "2026-11-24"},
    "withdraw": {"reason": "Tidak jadi"},
    "assign": {"assignee": "supervisor-1"},
    "void": {"reason": "registered_in_error", "remark": "Salah catat"},
    "erase-personal-data": {"reason": "Permintaan yang bersangkutan"},
}
"""A body that each command takes."""

WAY_TO: Mapping[str, Sequence[str]] = {
    "submitted": (),
    "under_review": ("review",),
    "returned": ("return",),
    "approved": ("review", "approve"),
    "in_process": ("review", "approve", "process"),
    "completed": ("review", "approve", "process", "complete"),
    "confirmed": ("review", "approve", "process", "complete", "confirm"),
}
"""The commands that lead to a status."""


@asynccontextmanager
async def requests_service(
    database: Database,
    folder: Path,
    *,
    broker_url: str = "",
    now: datetime = NOW,
    database_at: datetime | None = None,
) -> AsyncIterator[Client]:
    """Until the block ends. `folder` is for the issuer's public keys.

    database_at: what the database's clock shows; None: the same.
    """
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    given = RequestsSettings(
        database_url=SecretStr(database.app_url),
        broker_url=SecretStr(broker_url),
        master_key=base64.b64encode(bytes(32)),  # type: ignore[arg-type]
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks=str(jwks),
    )
    service = in_the_time_of(build(given, lambda: now), lambda: database_at or now)
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            yield Client(service.app)


def submission(**changes: Any) -> Json:
    """The usual one, but for these changes, by a letter of its own."""
    return {**SUBMISSION, "letter": a_letter(), **changes}


def received_now(**changes: Any) -> Json:
    """The same as an agency sends it: it says no time of receipt."""
    said = submission(**changes)
    return {name: value for name, value in said.items() if name != "received_at"}


def a_letter(**changes: Any) -> Json:
    """One that no request has come by."""
    return {**SUBMISSION["letter"], "number": f"800/{next(LETTERS)}/DINKES", **changes}


async def submitted(client: Client, **changes: Any) -> str:
    """The number of a new request."""
    answer = await client.post("/v1/requests", submission(**changes), token=SUPERVISOR)
    assert answer.status == 201, answer
    number: str = answer.json["number"]
    return number


async def in_status(client: Client, status: str) -> str:
    """The number of a new request that was led to this status."""
    number = await submitted(client)
    for command in WAY_TO[status]:
        answer = await give(client, number, command)
        assert answer.status == 200, answer
    return number


async def give(
    client: Client,
    number: str,
    command: str,
    *,
    token: str | None = SUPERVISOR,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A command with the usual body; a letter in it is another each time."""
    body = {**BODIES[command], **({"letter": a_letter()} if command == "resubmit" else {})}
    target = f"/v1/requests/{number}/{command}"
    return await client.post(target, body, token=token, headers=headers)


async def head(client: Client) -> int:
    """The position where the log ends."""
    answer = await client.get("/v1/events/head", token=SUBSCRIBER)
    position: int = answer.json["position"]
    return position
