"""The problems for the refusals of a void."""

from collections.abc import Collection

from shared.cases import void_reasons
from shared.cases.web.common_problems import common_problem
from shared.text import Text
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import INVALID
from shared.web.problems.validation import RULES, broken_rule


def void_problem(refusal: Refused) -> Problem:
    """The problem for a refused void; other refusals are common to all services."""
    match refusal:
        case void_reasons.UnknownVoidReason(known=known):
            return _breaks("/reason", "choice", _choice(", ".join(known)), known)
        case void_reasons.DuplicateOfNothing():
            return _breaks("/of", "required", DUPLICATE_OF)
        case void_reasons.NoDuplicate():
            return _breaks("/of", "only_duplicate", ONLY_DUPLICATE)
        case void_reasons.DuplicateOfItself():
            return _breaks("/of", "another_case", ANOTHER_CASE)
        case void_reasons.DuplicateOfUnknown():
            return _breaks("/of", "known_case", KNOWN_CASE)
        case void_reasons.DuplicateOfVoided():
            return _breaks("/of", "not_voided", NOT_VOIDED)
        case _:
            return common_problem(refusal)


def _breaks(place: str, rule: str, detail: Text, allowed: Collection[str] | None = None) -> Problem:
    return Problem(INVALID, errors=[broken_rule(place, rule, detail, allowed)])


def _choice(expected: str) -> Text:
    rule = RULES["choice"]
    return Text(id=rule.id.format(expected=expected), en=rule.en.format(expected=expected))


DUPLICATE_OF = Text(
    id="Sebutkan nomor kasus yang sama dengan kasus ini.",
    en="Name the case that this one is a duplicate of.",
)
ONLY_DUPLICATE = Text(
    id="Nomor kasus lain hanya disebut dengan alasan `duplicate`.",
    en="Another case is only named with the reason `duplicate`.",
)
ANOTHER_CASE = Text(
    id="Kasus ini tidak dapat menjadi ganda dari dirinya sendiri.",
    en="A case is no duplicate of itself.",
)
KNOWN_CASE = Text(
    id="Layanan ini tidak mengenal kasus dengan nomor itu; periksa penulisannya.",
    en="This service knows no case of that number; look whether it is mistyped.",
)
NOT_VOIDED = Text(
    id="Kasus itu juga dibatalkan; dari dua kasus yang sama, satu harus tetap ada.",
    en="That case was voided too; of two that are one, one must stay.",
)
