"""The public's pages before the read models of a test, and a year in which all happened."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import product

from services.projections.api.downloads.case_files_routes import CaseFilesApi
from services.projections.api.public import PublicApi
from services.projections.page.routes import STYLE, TEMPLATES, Pages
from services.projections.page.words import WORDS
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.web.as_of_cache import AsOfStatisticsCache
from shared.messaging.subscription import Incoming
from shared.office_time import PONTIANAK
from shared.promise.standard import load_standards
from shared.web.page.shell import Shell
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected
from testbed.surface import NOW, office_shell, surface

# By category, in May and in August: so many that some rows are merged and some are not.
HOW_MANY = {"minor": 9, "normative": 3, "non_oversight": 7, "oversight": 2}
CHANNELS = ("whatsapp", "phone", "whatsapp", "email", "whatsapp", "lapor")


def pages_of(figures: Projected, *, demonstration: bool = False) -> Client:
    """The pages and the JSON that they must agree with, on the surface that every service has."""
    api, pages, shell = surfaces_of(figures, lambda: NOW)
    rules = RulesInForce(load_standards(), figures.calendar)
    cases = CaseFilesApi(figures.pool, rules, now=lambda: NOW)
    client = surface(pages.router(), api.router(), cases.router(), shell=shell)
    shell.mark_as_demonstration(demonstration)
    return client


def surfaces_of(figures: Projected, now: Callable[[], datetime]) -> tuple[PublicApi, Pages, Shell]:
    rules = RulesInForce(load_standards(), figures.calendar)
    shell = office_shell(folders=[TEMPLATES], styles=[STYLE], words=WORDS)
    releases, as_of = ReleaseCache(rules), AsOfStatisticsCache(figures.pool, rules)
    pages = Pages(figures.pool, rules, releases, shell, as_of, now=now)
    return PublicApi(figures.pool, rules, releases, as_of, now=now), pages, shell


def at(text: str) -> datetime:
    """That time of 2026 in Pontianak: `at("11-20 09:00")`."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def requests_on_time(office: EventFactory, count: int) -> None:
    """Received on Friday 20 November, confirmed on Monday."""
    for minute in range(count):
        request = office.request(at(f"11-20 09:{minute:02}"))
        request.then("confirmed", at("11-23 14:00"), letter_number="555/1")


def requests_overdue(office: EventFactory, count: int) -> None:
    """Received on Thursday 19 November, and nothing since."""
    for minute in range(count):
        office.request(at(f"11-19 09:{minute:02}"))


def request_late(office: EventFactory) -> None:
    """Received on Friday 20 November, confirmed on Tuesday."""
    request = office.request(at("11-20 10:00"), kind="account_change")
    request.then("confirmed", at("11-24 09:00"), letter_number="555/2")


def year_in_which_all_happened() -> Sequence[Incoming]:
    """Every state of the identity, every category, ratings, an unsure due date.

    The complaints came by an import, so they are released.
    """
    office = EventFactory()
    requests_on_time(office, 25)
    request_late(office)
    requests_overdue(office, 1)
    office.request(at("11-24 09:00"), kind="account_creation")  # running
    office.request(at("11-23 09:00")).then("returned", at("11-23 10:00"), missing=["other"])
    office.request(at("11-23 09:30")).then("withdrawn", at("11-23 10:00"))
    office.imports_at = at("11-24 09:30")
    _complaints(office)
    return office.events


def _complaints(office: EventFactory) -> None:
    for (category, count), month in product(HOW_MANY.items(), ("05", "08")):
        for minute in range(count):
            complaint = office.complaint(
                at(f"{month}-04 09:{minute:02}"), channel=CHANNELS[minute % len(CHANNELS)]
            )
            complaint.then("classified", at(f"{month}-04 10:00"), category=category)
            answered = f"{month}-13 09:00" if minute == 1 else f"{month}-07 09:00"
            complaint.then("resolved", at(answered))
            complaint.then("rated", at("11-02 09:00"), score=3 + minute % 3)
    office.complaint(at("11-03 09:00"))  # unclassified and overdue
    office.complaint(at("11-23 09:00")).then("clarification_requested", at("11-23 10:00"))
    office.complaint(at("11-23 09:30")).then("forwarded", at("11-23 10:00"), to="BKD")
    running = office.complaint(at("11-24 09:00"))
    running.then("classified", at("11-24 09:30"), category="oversight")  # due in 2027


def unreadable_request(office: EventFactory) -> None:
    """What no read model can apply: it is held for checking."""
    office.publish("requests", "PRM-0000-0000-00", "submitted", {"number": "PRM-0000-0000-00"})
