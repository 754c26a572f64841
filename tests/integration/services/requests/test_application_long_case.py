"""A request with more events than any office's: each is as small, and they come to an end."""

from collections.abc import Callable
from pathlib import Path

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.long_cases import long_request, store
from tests.support.cases.requests_service import (
    DINKES,
    SUPERVISOR,
    give,
    requests_service,
)

Databases = Callable[[str], Database]

STORED = "select octet_length(state) from stored_events where originator_version = $1"
TO_ITS_END = ("review", "approve", "process", "complete", "confirm", "erase-personal-data")


async def test_the_thousandth_return_is_stored_in_as_few_bytes_as_the_fifth(
    database: Databases, tmp_path: Path
) -> None:
    made, request = database("requests"), long_request(999)
    await store(made, request)
    async with requests_service(made, tmp_path) as client, connected(made.owner_url) as log:
        assert (await give(client, request.number, "return")).status == 200

        tenth, thousandth = [await log.fetchval(STORED, version) for version in (10, 1_000)]

    assert thousandth < 1.1 * tenth


async def test_a_request_of_two_thousand_events_is_not_returned_again(
    database: Databases, tmp_path: Path
) -> None:
    made, request = database("requests"), long_request(2_001)
    await store(made, request)
    async with requests_service(made, tmp_path) as client:
        indonesian = await give(client, request.number, "return")
        english = await give(client, request.number, "return", headers={"accept-language": "en"})
        shown = await client.get(f"/v1/requests/{request.number}", token=SUPERVISOR)

    assert (indonesian.status, indonesian.problem) == (409, "case-full")
    assert indonesian.json["status"] == "submitted"
    assert indonesian.json["events_max"] == 2_000
    assert indonesian.json["allowed"] == shown.json["allowed"]
    assert "return" not in shown.json["allowed"]
    assert "berisi 2000 peristiwa" in indonesian.json["detail"]
    assert "holds 2000 events" in english.json["detail"]
    assert shown.json["version"] == 2_001


async def test_a_request_of_two_thousand_events_can_be_finished_and_erased(
    database: Databases, tmp_path: Path
) -> None:
    made, request = database("requests"), long_request(2_000)
    await store(made, request)
    async with requests_service(made, tmp_path) as client:
        assert (await give(client, request.number, "resubmit", token=DINKES)).status == 200

        for command in TO_ITS_END:
            answer = await give(client, request.number, command)
            assert answer.status == 200, answer

    assert (answer.json["status"], answer.json["personal_data"]) == ("confirmed", "erased")


async def test_the_whole_history_of_a_full_request_can_be_read(
    database: Databases, tmp_path: Path
) -> None:
    made, request = database("requests"), long_request(2_000)
    await store(made, request)
    async with requests_service(made, tmp_path) as client:
        path = f"/v1/requests/{request.number}"
        events = await client.get(f"{path}/events", token=SUPERVISOR)
        clock = await client.get(f"{path}/clock", token=SUPERVISOR)

    assert [item["version"] for item in events.json["items"]] == list(range(1, 2_001))
    assert clock.json["clock"]["days_used"] == 0
