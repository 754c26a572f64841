"""The callers, bodies and problems that requests and complaints have in common.

Next: `responses.py`, the answers of both.
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BeforeValidator

from shared.cases.case import Actor
from shared.cases.receipt import (
    BackdatedByAgency,
    BackdatedTooFar,
    Contact,
    NothingPromisedYet,
    ReceivedInFuture,
    Unreachable,
)
from shared.cases.repository import CommandContext, InstantInFuture, StaleVersion, UnknownStaff
from shared.cases.web.void_problems import void_problem
from shared.refusals import UnknownYear
from shared.text import Text
from shared.web.commands import headers_of
from shared.web.fields import Body, Instant, Line, PersonalLine, Prose, TypedLine
from shared.web.identity.roles import Role
from shared.web.identity.tokens import Caller, ForRoles
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import FORBIDDEN, INVALID, STALE_VERSION
from shared.web.problems.validation import broken_rule

STRONGEST_FIRST: tuple[Role, ...] = ("supervisor", "reviewer", "intake", "agency", "auditor")
"""A caller with several roles acts in the most powerful one."""

# Callers.


class CommandContextFor(ForRoles):
    """A dependency: the context of a command by a caller with one of these roles."""

    async def __call__(self, request: Request) -> CommandContext:
        by = actor_of(await self.caller(request), self.roles)
        asked = await headers_of(request, scope=(by.sub, by.role, by.agency or ""))
        return CommandContext(by, asked.expected, asked.key, asked.trace)


class ReaderFor(ForRoles):
    """A dependency: a reader with one of these roles."""

    async def __call__(self, request: Request) -> Actor:
        return actor_of(await self.caller(request), self.roles)


def command_context_for(*roles: Role) -> CommandContextFor:
    return CommandContextFor(roles)


def reader_for(*roles: Role) -> ReaderFor:
    return ReaderFor(roles)


def actor_of(who: Caller, roles: Collection[Role]) -> Actor:
    """The caller in the strongest of these roles; in that of an agency, with their own agency."""
    role = who.acting_as(*(role for role in STRONGEST_FIRST if role in roles))
    return Actor(who.sub, role, who.agency if role == "agency" else None)


# Bodies.


class Nothing(Body):
    """`{}`."""


class Reason(Body):
    reason: Prose


class AssignmentBody(Body):
    """A `sub` that holds or held a staff role in this office."""

    assignee: Line


class VoidBody(Body):
    """Why it was no case; `of` is the number of the case that it is a duplicate of."""

    of: TypedLine | None = None  # read as it is written before it is published
    remark: Prose | None = None


class ContactBody(Body):
    """Where somebody can be reached; every part may be left out."""

    name: PersonalLine | None = None
    phone: TypedLine | None = None
    email: TypedLine | None = None

    def contact(self) -> Contact:
        return Contact(name=self.name, phone=self.phone, email=self.email)


# Parameters.


def _with_its_plus(text: Any) -> Any:
    """The text with the plus sign of an offset (+07:00), which a URL decodes as a space."""
    return text.replace(" ", "+") if isinstance(text, str) else text


InstantParameter = Annotated[Instant, BeforeValidator(_with_its_plus)]

At = Annotated[
    InstantParameter | None,
    Query(description="As it was known at that instant, with the clock as of that day."),
]


# Refusals.


def case_problem(refusal: Refused) -> Problem:
    """The problem for a refusal that both services know."""
    match refusal:
        case StaleVersion(version=version):
            etag = f'"{version}"'
            return Problem(STALE_VERSION, headers={"ETag": etag}, version=version)
        case InstantInFuture():
            found = broken_rule("/at", "not_in_future", NOT_IN_FUTURE)
            return Problem(INVALID, errors=[{"in": "query", **found}])
        case ReceivedInFuture():
            return invalid_at("/received_at", "not_in_future", NOT_IN_FUTURE)
        case UnknownYear(year=year, at_receipt=at_receipt):
            place = "/received_at" if at_receipt else ""
            return invalid_at(place, "calendar_known", calendar_unknown(year))
        case NothingPromisedYet():
            return invalid_at("/received_at", "under_a_standard", UNDER_A_STANDARD)
        case BackdatedTooFar(working_days_max=limit):
            detail = Text(
                id=f"Penerimaan lebih dari {limit} hari kerja yang lalu dicatat oleh supervisor.",
                en=f"A receipt more than {limit} working days back is for a supervisor to enter.",
            )
            return _for_others("/received_at", "backdating", detail)
        case BackdatedByAgency():
            return _for_others("/received_at", "backdating", RECEIVED_NOW)
        case UnknownStaff():
            return invalid_at("/assignee", "known_staff", KNOWN_STAFF)
        case _:
            return void_problem(refusal)


def invalid_at(
    place: str, rule: str, detail: Text, allowed: Collection[str] | None = None
) -> Problem:
    """The problem for a body that breaks a rule of the domain, like one that breaks a form rule."""
    return Problem(INVALID, errors=[broken_rule(place, rule, detail, allowed)])


def calendar_unknown(year: int) -> Text:
    """The missing calendar, and the command that adds it."""
    mend = f"`janji calendar apply {year}.toml`"
    return Text(
        id=f"Kalender tahun {year} belum ada, sehingga hari kerjanya tidak diketahui: {mend}.",
        en=f"There is no calendar of {year}, so its working days aren't known: {mend}.",
    )


def _for_others(place: str, rule: str, detail: Text) -> Problem:
    """A field that only another role may give."""
    return Problem(FORBIDDEN, detail=detail, errors=[broken_rule(place, rule, detail)])


def unknown_code(place: str, rule: str, detail: Text, allowed: Sequence[str]) -> Problem:
    """The problem for an unknown code; it lists the allowed ones, in words too if they are few."""
    if len(allowed) <= CODES_IN_WORDS_MAX:
        codes = ", ".join(allowed)
        detail = Text(id=f"{detail.id} Yang ada: {codes}.", en=f"{detail.en} There are: {codes}.")
    return invalid_at(place, rule, detail, allowed)


def unreachable(refusal: Unreachable, contact: str) -> Problem:
    """The problem for a malformed part of the contact at this pointer."""
    detail = PHONE_SHAPE if refusal.part == "phone" else EMAIL_SHAPE
    return invalid_at(f"{contact}/{refusal.part}", refusal.part, detail)


CODES_IN_WORDS_MAX = 15

PHONE_SHAPE = Text(
    id="Harus nomor telepon, paling sedikit 9 angka, seperti 0812 3456 7890 atau (0561) 736541; "
    "nomor negara lain diawali + dan kode negaranya.",
    en="Must be a telephone number of 9 digits or more, like 0812 3456 7890 or (0561) 736541; one "
    "of another country begins with + and its code.",
)
EMAIL_SHAPE = Text(
    id="Harus alamat email, seperti nama@contoh.go.id.",
    en="Must be an e-mail address, like name@example.go.id.",
)
NOT_IN_FUTURE = Text(
    id="Tidak boleh di masa depan.",
    en="Must not lie in the future.",
)
UNDER_A_STANDARD = Text(
    id="Pada hari itu belum ada standar pelayanan yang berlaku.",
    en="No service standard was in force on that day.",
)
RECEIVED_NOW = Text(
    id="Yang dikirim perangkat daerah diterima sekarang; tanggal terdahulu dicatat oleh petugas.",
    en="What an agency sends is received now; an earlier receipt is for the staff to enter.",
)
KNOWN_STAFF = Text(
    id="Tidak dikenal sebagai petugas layanan ini: petugas dikenal sejak permintaan pertamanya ke"
    " layanan ini; daftarnya di /v1/staff.",
    en="Not known as staff of this service: a person is known from their first request to it on;"
    " /v1/staff lists them.",
)
