"""The legal basis of a rule: the decree or law that gives it, and the day from which it holds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from shared.promise.data_file import DataTable, read_text
from shared.text import Text


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The source of a rule, and the day from which it is in force."""

    source: Text
    in_force_from: dt.date


def read_basis(table: DataTable) -> LegalBasis:
    with table:
        return LegalBasis(read_text(table.table("source")), table.date("in_force_from"))


def named_basis(table: DataTable, bases: Mapping[str, LegalBasis]) -> LegalBasis:
    name = table.string("basis")
    if name not in bases:
        raise table.wrong("basis", f"must be one of {', '.join(bases)}, not {name!r}")
    return bases[name]
