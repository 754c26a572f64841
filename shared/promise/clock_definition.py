"""The definition of a further clock in the standard's file; `further_clocks.py` runs it."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.promise.data_file import DataTable
from shared.promise.legal_basis import LegalBasis
from shared.text import Text

Unit = Literal["working_days", "calendar_days"]

UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True, slots=True)
class ClockDefinition:
    """One definition; `service` and the events are given by their names."""

    code: str
    name: Text
    service: str
    starts_with: str
    ends_with: tuple[str, ...]
    lapses_with: tuple[str, ...]
    days: int
    unit: Unit
    basis: LegalBasis
    to_be_confirmed: bool

    @classmethod
    def read(cls, code: str, table: DataTable, name: Text, basis: LegalBasis) -> "ClockDefinition":
        """Raises WrongData with the key and the rule."""
        clock = cls(
            code=code,
            name=name,
            service=table.string("service"),
            starts_with=table.string("starts_with"),
            ends_with=table.strings("ends_with"),
            lapses_with=table.strings("lapses_with") if table.has("lapses_with") else (),
            days=table.number("days", least=1),
            unit=_unit(table),
            basis=basis,
            to_be_confirmed=table.flag("to_be_confirmed"),
        )
        if not clock.ends_with:
            raise table.wrong("ends_with", "must name at least one event")
        if len(set(clock.events)) < len(clock.events):
            raise table.wrong("ends_with", "names an event that starts or lapses it as well")
        return clock

    @property
    def events(self) -> tuple[str, ...]:
        return (self.starts_with, *self.ends_with, *self.lapses_with)


def _unit(table: DataTable) -> Unit:
    said = table.string("unit")
    for unit in UNITS:
        if unit == said:
            return unit
    raise table.wrong("unit", f"must be one of {', '.join(UNITS)}, not {said!r}")
