"""Data files that a test may change."""

from pathlib import Path

import pytest

from tests.support.clocks.data_files import DataFiles


@pytest.fixture
def data(tmp_path: Path) -> DataFiles:
    return DataFiles(tmp_path / "data")
