"""The requests service: wiring only.

The way of a command: `api.py` parses it, `application.py` loads and appends, `domain.py` decides.
Its events lie in `shared/eventstore`; the relay of `shared/messaging` publishes what
`commands_and_roles.py` makes of them.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from services.requests.api import SERVICE, RequestsApi
from services.requests.application import Requests
from services.requests.commands_and_roles import publish
from services.requests.domain import ServiceRequest
from services.requests.problems import KINDS, problem_of
from shared.calendars.sweep import calendar_tasks
from shared.cases.web.office_routes import office_router, standard_router
from shared.eventstore.keys.master_keys import COMMANDS
from shared.office_time import local_date
from shared.promise.agencies import load_agencies
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from shared.runtime import event_source, settings
from shared.runtime.event_source import EventSource
from shared.runtime.server import Service, run
from shared.runtime.telemetry import new_registry
from shared.runtime.verifier import verifier_for
from shared.staff.store import StaffList
from shared.text import Text
from shared.web.app import create_app
from shared.web.commands import CommandKeys
from shared.web.health import Health
from shared.web.page.shell import Shell
from shared.web.problems.handlers import ServiceProblems

TITLE = Text("Janji: layanan permintaan", "Janji: requests service")


class RequestsSettings(
    event_source.SealedSourceSettings, settings.TokenSettings, settings.WebSettings
):
    """The settings of this service."""


def build(given: RequestsSettings, now: Callable[[], datetime]) -> Service:
    """Everything wired, nothing started: the service's resources open it."""
    registry, database_url = new_registry(), given.database_url.get_secret_value()
    events = EventSource(
        SERVICE, given, kinds=[ServiceRequest], publish=publish, registry=registry, now=now
    )
    now = events.clock.now
    standards, agencies, calendar = load_standards(), load_agencies(), load_calendar()
    standard = standards.in_force(local_date(now()))
    requests = Requests(
        events.log, standards=standards, agencies=agencies, calendar=calendar, now=now
    )
    staff, api = StaffList(database_url, name=requests.cases.prefix, now=now), RequestsApi(requests)
    requests.cases.is_staff = staff.is_known
    office = office_router(agencies, staff, requests.cases)
    amended, sweep = calendar_tasks(database_url, requests.cases, events.codec)
    events.show(sweep.parked)
    app = create_app(
        TITLE,
        [api.router(), office, events.feed(), standard_router(standard, now)],
        shell=Shell(standard.office, decree=standard.decree, service=standard.title),
        health=Health(SERVICE, events.checks),
        verifier=verifier_for(given, now),
        registry=registry,
        demonstration=given.demonstration,
        proxies_in_front=given.proxies_in_front,
        command_keys=CommandKeys(events.derived(COMMANDS)),
        token_seen=staff.record,
        problems=ServiceProblems(KINDS, of_refusal=problem_of, faults_in_part=api.faults_in_part),
    )
    return Service(
        app,
        registry,
        resources=[events.log, events.clock, amended, staff],
        writers=[events.log.run],
        loops=[*events.loops, amended.run, sweep.run],
        stopping=events.stopping,
    )


if __name__ == "__main__":
    run(SERVICE, RequestsSettings, build, lambda: datetime.now(UTC))
