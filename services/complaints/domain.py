"""A complaint, from its receipt to the answer, and to the silence after it.

    received ─classify─▶ classified ─assign─▶ in_progress ─resolve─▶ resolved ─close─▶ closed ■
                                               │      ▲  ▲             │
                         request-clarification ▼      │  └───reopen────┘
                                            waiting ──┘ clarify, resume

    reject ──▶ rejected ■ and forward ──▶ forwarded ■, from received, classified, in_progress
    void, by a supervisor, from every status ──▶ voided ■

The promise is the complaint part of SK 09/DISKOMINFO/2022: 5, 5, 14 or 60 working days, by
category. Until it is classified a complaint is measured against the shortest of them, so that
leaving it in the tray never helps the figures. The clock stops with the answer (`resolved`,
`rejected`) or when another office takes over (`forwarded`).

Next: `application.py`, which loads a complaint, gives it a command, and appends what it decided;
`closing.py` closes a resolved complaint after its silence.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from eventsourcing.domain import event

from services.complaints import refusals
from services.complaints.intake import Intake, intake_faults, opinion_faults
from services.complaints.status import UNANSWERED, closes_at, last_day_to_reopen
from services.complaints.status import ComplaintStatus as Status
from shared.cases.case import ActContext, Case, Steps
from shared.cases.void_reasons import MISTAKES, SPAM
from shared.office_time import local_date
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import Standards
from shared.refusals import refuse

STEPS: Steps = {
    "classify": UNANSWERED,
    "assign": {Status.CLASSIFIED, Status.IN_PROGRESS, Status.WAITING},
    "request-clarification": {Status.IN_PROGRESS},
    "clarify": {Status.WAITING},
    "resume": {Status.WAITING},
    "respond": {Status.CLASSIFIED, Status.IN_PROGRESS, Status.WAITING},
    "resolve": {Status.IN_PROGRESS},
    "reject": UNANSWERED - {Status.WAITING},
    "forward": UNANSWERED - {Status.WAITING},
    "reopen": {Status.RESOLVED},
    "close": {Status.RESOLVED},
    "rate": {Status.RESOLVED, Status.CLOSED},
    "void": set(Status) - {Status.VOIDED},
}
"""The picture above as data: each command with the statuses that allow it."""

REPEATABLE_STEPS: Steps = {
    "classify": UNANSWERED - {Status.RECEIVED},  # again
    "assign": {Status.IN_PROGRESS, Status.WAITING},  # to somebody else
    "request-clarification": STEPS["request-clarification"],
    "respond": STEPS["respond"],
    "reopen": STEPS["reopen"],
}
"""The steps that an endless case could repeat: the status stays, or a later step returns to it."""

SCORES = range(1, 6)
SUPERVISOR = "supervisor"


class Complaint(Case):
    """A complaint: its text, its status, and its category."""

    TOPIC = "complaints.complaint"  # stored in the log for ever; where this file lies is not
    STEPS = STEPS
    REPEATABLE_STEPS = REPEATABLE_STEPS
    VOID_REASONS = (*MISTAKES, SPAM)

    class Event(Case.Event):
        """An event of a complaint. Beside its own fields it has those of `Case.Event`."""

    class Created(Event, Case.Created):  # a complaint came in
        TOPIC = "complaints.received"
        PERSONAL = ("contact", "subject", "text")
        channel: str
        complainant: str
        contact: dict[str, Any] | None
        subject: str | None
        text: str | None
        about_request: str | None
        lapor_number: str | None
        standard: str

    class Classified(Event):  # its category, and so its allowance
        TOPIC = "complaints.classified"
        PERSONAL = ("reason",)
        category: str
        category_before: str | None
        reason: str | None

    class Assigned(Event):  # a member of the staff has it in hand
        TOPIC = "complaints.assigned"
        assignee: str

    class ClarificationRequested(Event):  # the ball is with the complainant
        TOPIC = "complaints.clarification_requested"
        PERSONAL = ("question",)
        question: str | None

    class Clarified(Event):  # the complainant answered
        TOPIC = "complaints.clarified"
        PERSONAL = ("answer",)
        answer: str | None

    class Resumed(Event):  # the office went on without an answer
        TOPIC = "complaints.resumed"
        PERSONAL = ("reason",)
        reason: str | None

    class Responded(Event):  # an interim answer
        TOPIC = "complaints.responded"
        PERSONAL = ("text",)
        text: str | None

    class Resolved(Event):  # the answer
        TOPIC = "complaints.resolved"
        PERSONAL = ("answer",)
        answer: str | None

    class Rejected(Event):  # the answer, which is no
        TOPIC = "complaints.rejected"
        PERSONAL = ("reason",)
        reason: str | None

    class Forwarded(Event):  # another office is the right one
        TOPIC = "complaints.forwarded"
        PERSONAL = ("to", "reference", "reason")
        to: str | None
        reference: str | None
        reason: str | None

    class Reopened(Event):  # the answer didn't answer it
        TOPIC = "complaints.reopened"
        PERSONAL = ("reason",)
        reason: str | None

    class Closed(Event):  # the complainant is content, or silent
        TOPIC = "complaints.closed"
        by_itself: bool

    class Rated(Event):  # the complainant's opinion of the handling
        TOPIC = "complaints.rated"
        PERSONAL = ("remark",)
        score: int
        remark: str | None

    class Voided(Event, Case.Voided):  # it was no complaint: a mistake, a duplicate, or spam
        TOPIC = "complaints.voided"

    class DueDateChanged(Event, Case.DueDateChanged):  # an amended calendar moved the due date
        TOPIC = "complaints.due_date_changed"

    class PersonalDataErased(Event, Case.PersonalDataErased):  # contact and texts are gone
        TOPIC = "complaints.personal_data_erased"

    # Commands decide. Every rule is checked here and nowhere else.

    @classmethod
    def receive(cls, intake: Intake, act: ActContext, *, number: str, standards: Standards) -> Self:
        """Register it. It keeps the standard under which it came, for ever."""
        received_at = intake.received_at or act.at
        refuse(intake_faults(intake, act, standards))
        standard = standards.in_force(local_date(received_at))
        return cls._receive(
            number,
            Status.RECEIVED,
            SlaClock.start(received_at, standard.shortest_complaint_days, act.calendar),
            replace(act, at=received_at),
            standard=standard.decree,
            **intake.to_dict(),
        )

    def classify(
        self,
        category: str,
        act: ActContext,
        *,
        standards: Standards,
        reason: str | None = None,
        accept_breach: bool = False,
    ) -> None:
        """Say how grave it is. Another opinion is a supervisor's.

        The allowance becomes the category's, from the day of receipt. A second opinion needs a
        reason; one that would make the case overdue at once is refused unless that is accepted
        explicitly. A breach that has happened stands anyway.
        """
        if self.category is not None and act.by.role != SUPERVISOR:
            raise refusals.ForSupervisors("classify")
        self._allow("classify")
        allowances = standards.named(self.standard).complaint_days
        refuse(opinion_faults(category, reason, before=self.category, known=allowances))
        days = allowances[category]
        act = self._monotonic(act)
        missed_on = self.clock.missed_if_allowed(days, act.at, act.calendar)
        if missed_on is not None and not accept_breach:
            raise refusals.WouldBreach(category, missed_on)
        self._record(
            self.Classified,
            Status.CLASSIFIED if self.status == Status.RECEIVED else self.status,
            act,
            lambda at, calendar: self.clock.allow(days, at, calendar),
            category=category,
            category_before=self.category,
            reason=reason,
        )

    def assign(self, assignee: str, act: ActContext) -> None:
        """Put it into somebody's hands."""
        self._allow("assign")
        status = Status.IN_PROGRESS if self.status == Status.CLASSIFIED else self.status
        self._record(self.Assigned, status, act, assignee=assignee)

    def request_clarification(self, question: str, act: ActContext) -> None:
        """Ask the complainant; the clock waits."""
        self._require_assignee("request-clarification", act)
        asked = self.ClarificationRequested
        self._record(asked, Status.WAITING, act, self.clock.wait, question=question)

    def clarify(self, answer: str, act: ActContext) -> None:
        """Answer the office's question."""
        self._allow("clarify")
        self._record(self.Clarified, Status.IN_PROGRESS, act, self.clock.answer, answer=answer)

    def resume(self, reason: str, act: ActContext) -> None:
        """Go on without the complainant's answer."""
        self._allow("resume")
        self._record(self.Resumed, Status.IN_PROGRESS, act, self.clock.answer, reason=reason)

    def respond(self, text: str, act: ActContext) -> None:
        """Give an interim answer.

        The clock runs on.
        """
        self._require_assignee("respond", act)
        self._record(self.Responded, self.status, act, text=text)

    def resolve(self, answer: str, act: ActContext) -> None:
        """Answer the complainant; the clock stops."""
        self._require_assignee("resolve", act)
        answered = self._stop_clock("answered")
        self._record(self.Resolved, Status.RESOLVED, act, answered, answer=answer)

    def reject(self, reason: str, act: ActContext) -> None:
        """Refuse it; the clock stops.

        The refusal is an answer too.
        """
        self._require_assignee("reject", act)
        self._record(
            self.Rejected,
            Status.REJECTED,
            act,
            self._stop_clock("answered"),
            reason=reason,
        )

    def forward(self, to: str, reference: str, reason: str, act: ActContext) -> None:
        """Hand it to the office that it concerns.

        No promise is kept by that.
        """
        self._allow("forward")
        facts = {"to": to, "reference": reference, "reason": reason}
        self._record(self.Forwarded, Status.FORWARDED, act, self._stop_clock("forwarded"), **facts)

    def reopen(self, reason: str, act: ActContext) -> None:
        """Say that the answer didn't answer it. The clock counts on from where it stood."""
        self._allow("reopen")
        act = self._monotonic(act)
        last_day = last_day_to_reopen(self._resolved_at(), act.calendar)
        if local_date(act.at) > last_day:
            others = tuple(step for step in self.allowed if step != "reopen")
            raise refusals.ReopenedTooLate(last_day, self.status, others)
        self._record(self.Reopened, Status.IN_PROGRESS, act, self.clock.reopen, reason=reason)

    def close(self, act: ActContext) -> None:
        """Be content with the answer."""
        self._allow("close")
        self._record(self.Closed, Status.CLOSED, act, by_itself=False)

    def close_by_itself(self, act: ActContext) -> None:
        """Close a resolved complaint whose silence is full, at the time when it became full."""
        if self.status != Status.RESOLVED:
            return
        silent_at = closes_at(self._resolved_at(), act.calendar)
        if act.at >= silent_at:
            then = replace(act, at=silent_at)
            self._record(self.Closed, Status.CLOSED, then, by_itself=True)

    def rate(self, score: int, remark: str | None, act: ActContext) -> None:
        """Say, once, how well it was handled."""
        self._allow("rate")
        if self.score is not None:
            raise refusals.RatedAlready(self.status, self.allowed)
        if score not in SCORES:
            raise refusals.ScoreOutOfRange(score)
        self._record(self.Rated, self.status, act, score=score, remark=remark)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The steps that are possible now; a second rating is not."""
        return tuple(step for step in super().allowed if step != "rate" or self.score is None)

    def _require_assignee(self, command: str, act: ActContext) -> None:
        """A reviewer handles the complaints assigned to them; a supervisor handles all."""
        if act.by.role != SUPERVISOR and act.by.sub != self.assignee:
            raise refusals.NotAssignedToYou(command)
        self._allow(command)

    def _resolved_at(self) -> datetime:
        stopped_at = self.clock.stopped_at
        assert stopped_at is not None, "a resolved complaint's clock has stopped"
        return stopped_at

    # Events remember. They run again on every load, so they never refuse. Status and clock are
    # folded for all of them in `Case.Event`; the library calls `__init__` with what `Created` says.

    def __init__(
        self,
        number: str,
        *,
        channel: str,
        complainant: str,
        contact: dict[str, Any] | None,
        subject: str | None,
        text: str | None,
        about_request: str | None,
        lapor_number: str | None,
        standard: str,
    ) -> None:
        super().__init__(number)
        self.channel = channel
        self.complainant = complainant
        self.contact = contact
        self.subject = subject
        self.text = text
        self.about_request = about_request
        self.lapor_number = lapor_number
        self.standard = standard
        self.category: str | None = None
        self.assignee: str | None = None
        self.score: int | None = None

    @event(Classified)
    def _classified(self, category: str) -> None:
        self.category = category

    @event(Assigned)
    def _assigned(self, assignee: str) -> None:
        self.assignee = assignee

    @event(Rated)
    def _rated(self, score: int) -> None:
        self.score = score
