"""A table of statuses and commands, read from text as the domain's documents write it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transitions:
    """From which status which command leads where: a row a status, a column a command.

    `possible` and `impossible` are cells of status, command and where it leads ("-": nowhere);
    `allowed` are the possible commands of each status.
    """

    statuses: list[str]
    commands: list[str]
    possible: list[tuple[str, str, str]]
    impossible: list[tuple[str, str, str]]
    allowed: Mapping[str, set[str]]


def transitions(table: str) -> Transitions:
    """Read from text whose first row is `from` and the commands."""
    (_, *commands), *rows = [line.split() for line in table.strip().splitlines()]
    cells = [
        (status, command, to)
        for status, *leads_to in rows
        for command, to in zip(commands, leads_to, strict=True)
    ]
    possible = [cell for cell in cells if cell[2] != "-"]
    return Transitions(
        statuses=[row[0] for row in rows],
        commands=commands,
        possible=possible,
        impossible=[cell for cell in cells if cell[2] == "-"],
        allowed={row[0]: {c for status, c, _ in possible if status == row[0]} for row in rows},
    )
