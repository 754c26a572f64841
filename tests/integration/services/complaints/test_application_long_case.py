"""A complaint with more events than any office's can be answered, and is not asked about again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from testbed.databases import Database
from testbed.long_cases import long_complaint, store
from tests.support.cases.complaints_service import SUPERVISOR, complaints_service, give

Databases = Callable[[str], Database]


@pytest.mark.system
@pytest.mark.parametrize("command", ["request-clarification", "respond", "assign", "reclassify"])
async def test_a_complaint_of_two_thousand_events_goes_round_no_more(
    command: str, database: Databases, tmp_path: Path
) -> None:
    made, complaint = database("complaints"), long_complaint(2_001)
    await store(made, complaint)
    async with complaints_service(made, tmp_path) as client:
        refused = await give(client, complaint.number, command)

    assert (refused.status, refused.problem) == (409, "case-full")
    assert {"resolve", "reject", "forward"} <= set(refused.json["allowed"])
    assert command.replace("reclassify", "classify") not in refused.json["allowed"]


async def test_a_complaint_of_two_thousand_events_can_be_answered_closed_and_rated(
    database: Databases, tmp_path: Path
) -> None:
    made, complaint = database("complaints"), long_complaint(2_000)
    await store(made, complaint)
    async with complaints_service(made, tmp_path) as client:
        for command in ("clarify", "resolve", "close"):
            answer = await give(client, complaint.number, command)
            assert answer.status == 200, answer

        shown = await client.get(f"/v1/complaints/{complaint.number}", token=SUPERVISOR)

    assert shown.json["status"] == "closed"
    assert "rate" in shown.json["allowed"]
