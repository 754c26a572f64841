"""Everything that leaves the services for the public, of the demonstration year, as bytes.

Each exhibit is a file: an answer with its status and headers, or the published events of a service.
`tests/contract/test_public_bytes.py` compares them with `tests/contract/public_bytes/`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from pydantic import SecretStr

from services.complaints import commands_and_roles as complaints
from services.complaints.domain import Complaint
from services.projections.alerts import published as alerts
from services.projections.alerts.domain import KINDS
from services.projections.main import ProjectionsSettings, build
from services.requests import commands_and_roles as requests
from services.requests.domain import ServiceRequest
from shared.eventstore.codec import Codec
from shared.eventstore.records import Epoch
from shared.messaging.envelope import Envelopes, Publish
from shared.messaging.subscription import Incoming
from shared.office_time import local_date
from shared.runtime.server import running
from testbed.databases import Database
from testbed.http import Answer, Client
from testbed.projected import projected
from testbed.surface import AUDIENCE, ISSUER, KEY, NOW, token
from tests.support.cases.complaints_service import complaints_service
from tests.support.cases.event_fixtures import KEYRING, fixtures
from tests.support.cases.requests_service import requests_service
from tests.support.years.demonstration_year import demonstration

FOLDER = Path(__file__).parents[2] / "contract/public_bytes"
WHOLE_BYTES_MAX = 200_000  # of a longer body the file holds the beginning, the size and the digest
BEGINNING_BYTES = 2_000

NOWHERE = "http://127.0.0.1:9"  # nothing listens there
SITE = "http://complaints.test"
AUDITOR = token("auditor", sub="auditor-1")

ROW_ID = re.compile(rb"^[0-9a-f]{24}")
TRACE = {"traceparent": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"}
FORM_KEY = re.compile(rb'(?<=name="key" value=")[^"]+')  # differs from one empty form to the next

EPOCH = Epoch(UUID("0123abcd-0000-4000-8000-000000000000"), 1)

PUBLISHED: Mapping[str, tuple[Sequence[Any], Publish]] = {
    "requests": ([ServiceRequest], requests.publish),
    "complaints": ([Complaint], complaints.publish),
    "sla": (KINDS, alerts.publish),
}

STATISTICS = {
    "statistics-2026.json": "/v1/public/statistics?period=2026",
    "statistics-2026-q3.json": "/v1/public/statistics?period=2026-Q3",
    "statistics-2026-q3-as-of.json": "/v1/public/statistics?period=2026-Q3&as_of=2026-11-23",
    "statistics-2026-q3.csv": "/v1/public/statistics.csv?period=2026-Q3",
    "statistics-2026-q3.xlsx": "/v1/public/statistics.xlsx?period=2026-Q3",
    "releases-2026.json": "/v1/public/releases",
    "revisions-2026.csv": "/v1/public/revisions.csv?period=2026",
    "log-heads.csv": "/v1/public/log-heads.csv",
    "periods.json": "/v1/public/periods",
    "datapackage.json": "/datapackage.json",
    "problem.json": "/v1/public/statistics?period=nonsense",
}
PAGES = {
    "figures-id": "/?period=2026",
    "figures-en": "/en/?period=2026",
    "figures-month-id": "/?period=2026-10",
    "figures-as-of-en": "/en/?period=2026-Q3&as_of=2026-11-23",
    "standard-id": "/standar",
    "standard-en": "/en/standard",
    "method-id": "/metode",
    "method-en": "/en/method",
    "complaint-id": "/pengaduan",
    "complaint-en": "/en/complaint",
    "not-found-id": "/tidak-ada",
    "refused-en": "/en/?period=nonsense",
}
FORMS = {
    "form-id": "/pengaduan/formulir",
    "form-en": "/en/complaint/form",
    "follow-id": "/pengaduan/ikuti",
    "follow-en": "/en/complaint/follow",
}
STAFF = {
    "staff-summary.json": "/v1/sla/summary",
    "staff-cases.json": "/v1/sla/cases?limit=10",
    "staff-case.json": "/v1/sla/cases/PRM-0000-0000-0",
    "staff-positions.json": "/v1/positions",
    "staff-alerts.json": "/v1/sla/alerts",
}

Exhibits = dict[str, bytes]


async def exhibits(database: Callable[[str], Database], folder: Path) -> Exhibits:
    """All of them, each by the name of its file."""
    found = {f"events-{service}.txt": events(service) for service in PUBLISHED}
    found["events-of-the-year.txt"] = digests(demonstration())
    async with projections(database("projections"), folder) as client:
        found |= await answers(client, STATISTICS)
        found["requests-2026-q3.csv"] = await requests_without_ids(client)
        found |= await answers(client, PAGES, ending=".html")
        found |= await answers(client, STAFF, by=AUDITOR)
        found |= await surface_of("projections", client)
    async with complaints_service(
        database("complaints"), folder, pages_url="http://complaints.test"
    ) as client:
        found |= await answers(client, FORMS, ending=".html")
        found |= await surface_of("complaints", client)
    async with requests_service(database("requests"), folder) as client:
        found |= await surface_of("requests", client)
    return found


def events(service: str) -> bytes:
    """One of each kind, as the broker carries it: routing key, headers, body."""
    kinds, publish = PUBLISHED[service]
    envelopes = Envelopes(service, Codec(kinds, KEYRING), publish, [EPOCH])
    parts = []
    for fixture in fixtures(service):
        event = envelopes.envelope(fixture.recorded)
        parts += [event.routing_key.encode(), json.dumps(event.headers()).encode(), event.body()]
    return b"\n".join([*parts, b""])


def digests(year: Sequence[Incoming]) -> bytes:
    """How many events of each type the year has, and the digest of what they say."""
    bodies: dict[str, list[bytes]] = defaultdict(list)
    for event in year:
        bodies[event.body["type"]].append(msgspec.json.encode(event.body))
    lines = [
        f"{type_} {len(found)} {sha256(b''.join(found)).hexdigest()}"
        for type_, found in sorted(bodies.items())
    ]
    return "\n".join([*lines, ""]).encode()


async def surface_of(service: str, client: Client) -> Exhibits:
    """The description of its API, and the names of its metrics."""
    return {
        **await answers(client, {f"openapi-{service}.json": "/openapi.json"}),
        f"metrics-{service}.txt": await metrics(client),
    }


async def metrics(client: Client) -> bytes:
    text = (await client.get("/metrics", token=AUDITOR)).text
    types = sorted(line for line in text.splitlines() if line.startswith("# TYPE janji_"))
    return "\n".join([*types, ""]).encode()


async def answers(
    client: Client, paths: Mapping[str, str], *, by: str | None = None, ending: str = ""
) -> Exhibits:
    return {
        name + ending: exhibit(path, await client.get(path, token=by, headers=TRACE))
        for name, path in paths.items()
    }


async def requests_without_ids(client: Client) -> bytes:
    """The rows' ids, their order and so the ETag hang on a key that each database makes itself."""
    path = "/v1/public/requests.csv?period=2026-Q3"
    answer = await client.get(path, headers=TRACE)
    names, *rows = answer.body.splitlines(keepends=True)
    body = b"".join([names, *sorted(ROW_ID.sub(b"...", row) for row in rows)])
    return exhibit(path, Answer(answer.status, {**answer.headers, "etag": "..."}, body))


def exhibit(path: str, answer: Answer) -> bytes:
    """The answer as a file: path, status, headers, an empty line, the body."""
    body = FORM_KEY.sub(b"...", answer.body)
    headers = sorted(answer.headers.items())
    lines = [f"GET {path}", f"{answer.status}", *(f"{name}: {value}" for name, value in headers)]
    return "\n".join([*lines, "", ""]).encode() + summary(body)


def summary(body: bytes) -> bytes:
    """The body; of a long or binary one the beginning, the size and the digest."""
    is_binary = body.startswith(b"PK")
    if len(body) <= WHOLE_BYTES_MAX and not is_binary:
        return body
    beginning = b"" if is_binary else body[:BEGINNING_BYTES]
    said = f"\n... {len(body)} bytes, sha256 {sha256(body).hexdigest()}\n"
    return beginning + said.encode()


@asynccontextmanager
async def projections(database: Database, folder: Path) -> Any:
    """The projection service as its main.py builds it, over the demonstration year.

    No source can be reached, so nothing is added to that year.
    """
    async with projected(database.app_url, local_date(NOW)) as figures:
        await figures.apply(demonstration())
        await figures.at_the_head()
    (folder / "jwks.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    (folder / "token").write_text("a token")
    given = ProjectionsSettings(
        database_url=SecretStr(database.app_url),
        broker_url=SecretStr(""),
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks=str(folder / "jwks.json"),
        requests_url=NOWHERE,
        complaints_url=NOWHERE,
        complaints_public_url=SITE,
        feed_token_file=folder / "token",
        demonstration=True,
    )
    service = build(given, lambda: NOW)
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            yield Client(service.app)
