"""`janji up --demo`: a year to look at, that nobody can take for a real one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.databases import SERVICES
from deploy.local.demonstration import Demonstration
from deploy.local.home import Home
from testbed.office import Office

UP_SECONDS_MAX = 240.0
LABELS = {"": "DATA CONTOH. Bukan data nyata.", "/en/": "SAMPLE DATA. Not real."}


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Office]:
    """Without a broker: it takes a third of the time."""
    office = Office(tmp_path / "home", {"JANJI_BROKER_URL": ""})
    yield office
    office.close()


@pytest.mark.system
def test_demonstration_is_filled_once_and_says_what_it_is(demonstration: Office) -> None:
    demonstration.janji("up", "--detach", "--demo", seconds_max=UP_SECONDS_MAX)
    sample = Demonstration.load(Home(demonstration.folder))
    again = demonstration.janji("up", "--demo")

    assert sample is not None
    assert sample.is_filled
    assert "Already running" in again
    assert_labelled(demonstration)

    demonstration.close()
    as_if_killed_while_filling(demonstration, sample)
    demonstration.janji("up", "--detach", seconds_max=UP_SECONDS_MAX)

    assert Demonstration.load(Home(demonstration.folder)) == sample
    assert_labelled(demonstration)


def as_if_killed_while_filling(office: Office, sample: Demonstration) -> None:
    replace(sample, is_filled=False).save(Home(office.folder))


def assert_labelled(office: Office) -> None:
    """On every page and every answer."""
    projections = office.url("projections")
    for path, label in LABELS.items():
        assert label in read(projections + path)
    for service in SERVICES:
        url = office.url(service)
        assert LABELS[""] in read(f"{url}/problems")
        with urlopen(f"{url}/v1/standard") as answer:
            assert answer.headers["Janji-Demonstration"] == "true"


def read(url: str) -> str:
    with urlopen(url) as answer:
        text: str = answer.read().decode()
    return text
