"""The complaints service: wiring only.

The way of a command: `api.py` (or `public_api.py`, for the complainant) parses it,
`application.py` loads and appends, `domain.py` decides. Its events lie in `shared/eventstore`; the
relay of `shared/messaging` publishes what `commands_and_roles.py` makes of them.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from services.complaints.api import SERVICE, ComplaintsApi
from services.complaints.application import Complaints
from services.complaints.closing import SilentComplaintCloser
from services.complaints.commands_and_roles import publish
from services.complaints.domain import Complaint
from services.complaints.pages.routes import pages
from services.complaints.problems import KINDS, RULES, problem_of
from services.complaints.public_api import PublicComplaintsApi
from services.complaints.rate_limit.public_limit import PublicLimit
from services.complaints.tracking import TrackingSecrets
from shared.calendars.sweep import calendar_tasks
from shared.cases.web.office_routes import office_router, standard_router
from shared.eventstore.keys.master_keys import ALLOWANCES, COMMANDS, TRACKING
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
from shared.web.problems.handlers import ServiceProblems

TITLE = Text("Janji: layanan pengaduan", "Janji: complaints service")


class ComplaintsSettings(
    event_source.SealedSourceSettings,
    settings.TokenSettings,
    settings.WebSettings,
):
    """The settings of this service."""


def build(given: ComplaintsSettings, now: Callable[[], datetime]) -> Service:
    """Everything wired, nothing started: the service's resources open it."""
    registry = new_registry()
    events = EventSource(
        SERVICE, given, kinds=[Complaint], publish=publish, registry=registry, now=now
    )
    now = events.clock.now
    standards, calendar = load_standards(), load_calendar()
    complaints = Complaints(events.log, standards=standards, calendar=calendar, now=now)
    secrets = TrackingSecrets(events.derived(TRACKING))
    command_keys = CommandKeys(events.derived(COMMANDS))
    closing = SilentComplaintCloser(complaints, events.log, events.codec, now=now)
    database_url = given.database_url.get_secret_value()
    limit = PublicLimit(database_url, events.derived(ALLOWANCES), proxies=given.proxies_in_front)
    staff = ComplaintsApi(complaints, secrets)
    public = PublicComplaintsApi(complaints, secrets, limit)
    listed = StaffList(database_url, name=complaints.cases.prefix, now=now)
    complaints.cases.is_staff = listed.is_known
    office = office_router(load_agencies(), listed, complaints.cases)
    promised = standard_router(standards.in_force(local_date(now())), now)
    amended, sweep = calendar_tasks(database_url, complaints.cases, events.codec)
    events.show(closing.parked, sweep.parked)
    shell, own = pages(complaints, secrets, standards, given, limit, command_keys)
    app = create_app(
        TITLE,
        [staff.router(), public.router(), *own, office, events.feed(), promised],
        shell=shell,
        health=Health(SERVICE, events.checks),
        verifier=verifier_for(given, now),
        registry=registry,
        demonstration=given.demonstration,
        proxies_in_front=given.proxies_in_front,
        public_urls=[given.complaints_public_url, given.pages_public_url],
        command_keys=command_keys,
        token_seen=listed.record,
        problems=ServiceProblems(KINDS, problem_of, RULES, staff.faults_in_part),
    )
    return Service(
        app,
        registry,
        resources=[events.log, events.clock, amended, listed, limit],
        writers=[events.log.run],
        loops=[*events.loops, closing.run, amended.run, sweep.run],
        stopping=events.stopping,
    )


if __name__ == "__main__":
    run(SERVICE, ComplaintsSettings, build, lambda: datetime.now(UTC))
