"""The register of agencies: who may make requests (perangkat daerah, unit pelaksana teknis)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.promise.data_file import read_data_file, read_text
from shared.promise.standard import AGENCIES, DATA
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency; `code` is its common short name."""

    code: str
    name: Text


def load_agencies(path: Path = DATA / AGENCIES) -> Mapping[str, Agency]:
    """The register of agencies by code."""
    names = read_data_file(path).entries()
    return {code: Agency(code, read_text(name)) for code, name in names}
