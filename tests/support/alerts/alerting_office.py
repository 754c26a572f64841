"""An office whose cases become due: both sources with real cases, and the projection service.

    async with alerting_office(database, tmp_path, vhost) as office:
        await office.request("Mon 23 Nov 09:00")
        async with office.projections("Mon 23 Nov 12:00") as service:
            service.fake_clock.at = at("Tue 24 Nov 00:00")
            await service.raised(1)

It is the service as main.py builds it, but for its clock.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.complaints import commands_and_roles as complaints
from services.complaints.domain import Complaint
from services.projections.alerts.domain import KINDS
from services.projections.main import ProjectionsSettings, build
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.sources import current_read_models
from services.projections.store.pools import builders_of
from services.requests import commands_and_roles as requests
from services.requests.domain import ServiceRequest
from shared.cases.case import SYSTEM, ActContext
from shared.eventstore.codec import Codec
from shared.eventstore.reader import LogReader
from shared.office_time import local_date
from shared.promise.case_number import case_id, new_number
from shared.runtime.server import running
from testbed import service_requests
from testbed.databases import Database
from testbed.event_logs import connected, sound_history
from testbed.eventually import eventually
from testbed.http import Client
from testbed.surface import AUDIENCE, ISSUER, KEY, token
from tests.support.cases.event_fixtures import KEYRING
from tests.support.clocks.agreeing import in_the_time_of, with_database_at
from tests.support.clocks.case_clocks import CALENDAR, at
from tests.support.clocks.fake_clock import FakeClock
from tests.support.messaging.event_source import Source, open_source
from tests.support.messaging.feed_server import TOKEN

RAISED_SECONDS_MAX = 20.0
WEEK = timedelta(days=7)
COMMANDS = service_requests.COMMANDS

# What happens to a request that is not left alone for ever.
ANSWERED_LATE = ", ".join(
    f"{command} Mon 16 Nov 10:00"
    for command in ("review", "approve", "process", "complete", "confirm")
)

CODECS = {
    "complaints": Codec([Complaint], KEYRING),
    "requests": Codec([ServiceRequest], KEYRING),
}
PUBLISHED = {"complaints": complaints.publish, "requests": requests.publish}


@dataclass
class Projections:
    """The service as it runs; `fake_clock` is its clock."""

    client: Client
    fake_clock: FakeClock

    async def alerts(self, query: str = "", role: str = "auditor") -> list[dict[str, Any]]:
        answer = await self.client.get(f"/v1/sla/alerts{query}", token=self.token(role))
        assert answer.status == 200, answer
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    async def raised(self, count: int) -> list[dict[str, Any]]:
        """Until so many alerts are in the log; all of them, newest first."""
        everything = partial(self.alerts, "?limit=500")

        async def are_there() -> bool:
            return len(await everything()) >= count

        await eventually(are_there, seconds=RAISED_SECONDS_MAX)
        return await everything()

    async def relayed(self, position: int) -> None:
        """Until the broker has confirmed everything up to there."""

        async def says_so() -> bool:
            return f"janji_relay_position {position}.0" in await self.metrics()

        await eventually(says_so, seconds=RAISED_SECONDS_MAX)

    async def metrics(self) -> str:
        answer = await self.client.get("/metrics", token=self.token("auditor"))
        return answer.text

    async def kept_back(self, source: str) -> None:
        """Until the service says that it looked, and could not raise the alerts of that source."""

        async def is_said() -> bool:
            ready = await self.client.get("/health/ready")
            return source in ready.json["parts"]["alerts"]["detail"]

        await eventually(is_said, seconds=RAISED_SECONDS_MAX)

    async def applied(self, source: str, position: int) -> None:
        """Until the read models hold that."""

        async def are_there() -> bool:
            answer = await self.client.get("/v1/positions", token=self.token("auditor"))
            return bool(answer.json[source]["applied"] >= position)

        await eventually(are_there, seconds=RAISED_SECONDS_MAX)

    def token(self, role: str) -> str:
        """Valid for a week around the day of its clock."""
        now = self.fake_clock.at
        return token(role, iat=int((now - WEEK).timestamp()), exp=int((now + WEEK).timestamp()))


@dataclass
class AlertingOffice:
    """The sources, and where the projection service keeps what it has."""

    sources: Mapping[str, Source]
    database: Database
    folder: Path
    broker_url: str

    async def request(self, received: str, *, then: str = "") -> str:
        """A request that came then, and what happened to it since, told all at once; its number.

        `then` reads `review Mon 23 Nov 10:00, return Mon 23 Nov 11:00`.
        """
        request = submit(at(received))
        for step in then.split(", ") if then else ():
            command, when = step.split(" ", 1)
            COMMANDS[command](request, ActContext(SYSTEM, at(when), CALENDAR))
        await self.sources["requests"].log.append(request)
        return request.number

    async def tell(self, number: str, command: str, when: str) -> None:
        """Something happens to a request that is there."""
        log = self.sources["requests"].log
        request = await log.load(ServiceRequest, case_id(number))
        COMMANDS[command](request, ActContext(SYSTEM, at(when), CALENDAR))
        await log.append(request)

    def settings(self) -> ProjectionsSettings:
        return ProjectionsSettings(
            database_url=SecretStr(self.database.app_url),
            broker_url=SecretStr(self.broker_url),
            oidc_issuer=ISSUER,
            oidc_audience=AUDIENCE,
            oidc_jwks=str(self.folder / "jwks.json"),
            requests_url=self.sources["requests"].feed_url,
            complaints_url=self.sources["complaints"].feed_url,
            complaints_public_url="http://complaints.test",
            feed_token_file=self.folder / "token",
        )

    def environment(self) -> dict[str, str]:
        """The same for a process."""
        given = self.settings().model_dump(exclude_defaults=True)
        return {f"JANJI_{name.upper()}": _said(value) for name, value in given.items()} | {
            "JANJI_PORT": "0"
        }

    async def alerts(self) -> list[int]:
        """The positions of all that the log of the alerts holds, which must be sound."""
        async with LogReader(self.database.app_url, codec=Codec(KINDS)) as log:
            return [each.position for each in await sound_history(log)]

    @asynccontextmanager
    async def projections(
        self, now: str | FakeClock, *, database_at: Callable[[], datetime] | None = None
    ) -> AsyncIterator[Projections]:
        """The service, for as long as the block lasts; several may run at once.

        database_at: what its database's clock shows; None: nobody's is another.
        """
        fake_clock = FakeClock(at(now)) if isinstance(now, str) else now
        service = build(self.settings(), fake_clock)
        if database_at is None:
            in_the_time_of(service, fake_clock)
        else:
            with_database_at(service, database_at)
        async with AsyncExitStack() as opened:
            for resource in service.resources:
                await opened.enter_async_context(resource)
            async with running(service.writers), running(service.loops):
                yield Projections(Client(service.app), fake_clock)

    @asynccontextmanager
    async def builder(self, now: Callable[[], datetime]) -> AsyncIterator[GenerationBuilder]:
        """What `janji rebuild` works with."""
        async with builders_of(self.database.app_url) as pool:
            yield GenerationBuilder(
                pool,
                current_read_models(),
                {name: source.feed for name, source in self.sources.items()},
                now=now,
                today=lambda: local_date(now()),
                report=lambda *_: None,
            )

    async def hold(self, number: str) -> None:
        """As if an event of that case could not be applied."""
        async with connected(self.database.app_url) as owner:
            await owner.execute(_HOLD, str(case_id(number)), number)

    async def release(self, number: str) -> None:
        """As `janji quarantine retry` leaves it."""
        async with connected(self.database.app_url) as owner:
            await owner.execute("delete from rm_0001.quarantine where number = $1", number)


_HOLD = """
insert into rm_0001.quarantine
    (source, position, aggregate, number, type, epoch, hash, body, held_at)
values ('requests', 1000, $1, $2, 'confirmed', '', '', '', now())
"""


def _said(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def submit(received_at: datetime) -> ServiceRequest:
    letter = replace(service_requests.LETTER, dated_on=received_at.date())
    return ServiceRequest.submit(
        replace(service_requests.SUBMISSION, received_at=received_at, letter=letter),
        ActContext(SYSTEM, received_at, CALENDAR),
        number=new_number("PRM"),
        standards=service_requests.STANDARDS,
        agencies=service_requests.AGENCIES,
    )


@asynccontextmanager
async def alerting_office(
    database: Callable[[str], Database], folder: Path, broker_url: str = ""
) -> AsyncIterator[AlertingOffice]:
    """The sources run; the projection service doesn't yet."""
    (folder / "token").write_text(TOKEN)
    keys = {"keys": [KEY.as_dict(private=False)]}
    (folder / "jwks.json").write_text(json.dumps(keys))
    async with AsyncExitStack() as stack:
        sources = {
            name: await open_source(
                stack,
                name,
                database(name),
                broker_url or None,
                PUBLISHED[name],
                folder / "token",
                codec=codec,
            )
            for name, codec in CODECS.items()
        }
        yield AlertingOffice(sources, database("projections"), folder, broker_url)
