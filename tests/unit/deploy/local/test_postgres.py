"""Which PostgreSQL is taken: the system's newest, but data can't change their version."""

from pathlib import Path

import pytest

from deploy.failures import CannotStart
from deploy.local.postgres import Binaries, choose

SYSTEM = Binaries(Path("/usr/lib/postgresql/15/bin"), 15)
WHEEL = Binaries(Path("wheel"), 18)


def test_the_first_is_taken_for_new_data() -> None:
    assert choose([SYSTEM, WHEEL], made_by=None) == SYSTEM


def test_data_are_served_by_the_version_that_made_them() -> None:
    assert choose([SYSTEM, WHEEL], made_by=18) == WHEEL


def test_data_of_a_version_that_is_gone_name_the_package_to_install() -> None:
    with pytest.raises(CannotStart, match="install postgresql-13"):
        choose([SYSTEM, WHEEL], made_by=13)


def test_remedy_is_named_when_no_postgres_is_found() -> None:
    with pytest.raises(CannotStart, match="make up"):
        choose([], made_by=None)
