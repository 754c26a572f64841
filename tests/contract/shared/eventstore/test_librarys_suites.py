"""The suites that every recorder of the `eventsourcing` library must pass, run against our log.

Not AggregateRecorderTestCase.test_insert_and_select: it wants insert_events to answer None, and
a recorder of applications answers positions.
"""

import unittest
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from testbed.databases import Database
from tests.support.eventstore.log_recorder import LogRecorder, recording

Databases = Callable[[str], Database]


class OnOurLog:
    """What the library's cases need of us."""

    recorder: LogRecorder

    def create_recorder(self) -> Any:
        return self.recorder


class Recording(OnOurLog, ApplicationRecorderTestCase[ApplicationRecorder]):
    __test__ = False  # run below, once a version of PostgreSQL


class NonInterleaving(OnOurLog, NonInterleavingNotificationIDsBaseCase):
    __test__ = False

    def new_originator_id(self) -> UUID:
        return uuid4()


def names(suite: type[Any]) -> Sequence[str]:
    return unittest.TestLoader().getTestCaseNames(suite)


@pytest.fixture
def recorder(database: Databases) -> Iterator[LogRecorder]:
    with recording(database("eventlog").app_url) as recorder:
        yield recorder


@pytest.mark.parametrize("name", [*names(Recording), "optional_test_insert_subscribe"])
def test_our_log_is_an_application_recorder(name: str, recorder: LogRecorder) -> None:
    case = Recording(name)
    case.recorder = recorder

    case.debug()


def test_events_of_two_commands_never_interleave(recorder: LogRecorder) -> None:
    case = NonInterleaving("test")
    case.recorder = recorder

    case.debug()
