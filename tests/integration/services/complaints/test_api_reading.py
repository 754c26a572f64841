"""What readers see of a complaint: as it stands, its history, its clock, and what is withheld."""

from collections.abc import Callable

import pytest

from services.complaints.bodies import ComplaintView, OwnComplaintView
from shared.cases.web.responses import DaysView, HistoryView
from testbed.http import Client
from testbed.surface import token
from tests.support.cases.complaints_service import (
    AUDITOR,
    INTAKE,
    OTHER_REVIEWER,
    REVIEWER,
    SUPERVISOR,
    give,
    in_status,
    published,
    received,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "/v1/public/complaints"
EMAIL = "budi@contoh.example"
PERSONAL = ("Budi Hartono", "+628125550100", "Surat belum dijawab", "seminggu kami menunggu")


def wide(text: str) -> str:
    """In the full-width letters of a phone's East Asian keyboard."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


async def test_a_reader_sees_the_complaint_as_it_stands(client: Client) -> None:
    number = (await in_status(client, "in_progress"))["number"]

    answer = await client.get(f"/v1/complaints/{number}", token=INTAKE)

    assert answer.headers["etag"] == '"3"'
    assert (answer.json["status"], answer.json["assignee"]) == ("in_progress", "reviewer-1")
    assert answer.json["complainant"]["contact"]["name"] == "Budi Hartono"
    assert answer.json["personal_data"] == "shown"
    ComplaintView.model_validate_json(answer.body)


async def test_the_history_says_what_when_and_by_which_role_oldest_first(client: Client) -> None:
    number = (await in_status(client, "waiting"))["number"]

    answer = await client.get(f"/v1/complaints/{number}/events", token=REVIEWER)

    items = answer.json["items"]
    assert [(each["event"], each["status"]) for each in items] == [
        ("received", "received"),
        ("classified", "classified"),
        ("assigned", "in_progress"),
        ("clarification_requested", "waiting"),
    ]
    assert items[0]["occurred_at"] == "2026-11-24T02:00:00Z"
    assert items[1]["facts"] == {"category": "minor", "category_before": None, "reason": None}
    assert items[3]["facts"] == {"question": "Surat yang mana?"}
    assert {(each["by"], each["role"]) for each in items} == {("supervisor-1", "supervisor")}
    HistoryView.model_validate_json(answer.body)


async def test_the_clock_explains_every_day(client: Client) -> None:
    complaint = await received(client, received_at="2026-11-20T09:00:00+07:00")

    answer = await client.get(f"/v1/complaints/{complaint['number']}/clock", token=AUDITOR)

    days = [(day["date"], day["why"]) for day in answer.json["days"]]
    assert days == [
        ("2026-11-20", "received"),
        ("2026-11-21", "weekend"),
        ("2026-11-22", "weekend"),
        ("2026-11-23", "counted"),
        ("2026-11-24", "counted"),
    ]
    DaysView.model_validate_json(answer.body)


async def test_a_mistyped_number_is_told_from_an_unknown_one(client: Client) -> None:
    mistyped = await client.get("/v1/complaints/ADU-0000-0000-1", token=AUDITOR)
    unknown = await client.get("/v1/complaints/ADU-0000-0000-0", token=AUDITOR)

    assert (mistyped.status, mistyped.problem) == (404, "mistyped-number")
    assert (unknown.status, unknown.problem) == (404, "not-found")


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(lambda text: text.replace("-", "\u2011").lower(), id="no-break hyphens"),
        pytest.param(lambda text: text.replace("-", "\u2013") + ".", id="en dashes, a full stop"),
        pytest.param(lambda text: f"\u200b{text[:7]}\u200b{text[7:]}\u00a0", id="zero width"),
        pytest.param(wide, id="full-width"),
    ],
)
async def test_number_and_secret_are_understood_as_people_paste_them(
    client: Client, pasted: Callable[[str], str]
) -> None:
    complaint = await in_status(client, "in_progress")
    number, secret = complaint["number"], complaint["tracking_secret"]

    office = await client.get(f"/v1/complaints/{pasted(number)}", token=AUDITOR)
    own = await client.get(f"/v1/public/complaints/{pasted(number)}", token=pasted(secret))
    other = await client.get(f"/v1/public/complaints/{pasted(number)}", token=pasted(secret[1:]))
    unknown = await client.get("/v1/public/complaints/ADU-0000-0000-0", token=pasted(secret))

    assert (office.json["number"], own.json["number"]) == (number, number)
    assert (other.status, other.problem) == (unknown.status, unknown.problem) == (404, "not-found")


# Who it is.


async def test_contact_of_an_anonymous_complainant_is_not_kept(client: Client) -> None:
    complainant = {"kind": "anonymous", "contact": {"name": "Budi Hartono"}}
    complaint = await received(client, complainant=complainant)

    seen = await client.get(f"/v1/complaints/{complaint['number']}", token=SUPERVISOR)

    assert seen.json["complainant"] == {"kind": "anonymous", "contact": None}


async def test_confidential_complainant_is_seen_by_assignee_and_supervisors_only(
    client: Client,
) -> None:
    complainant = {"kind": "confidential", "contact": {"name": "Budi Hartono", "email": EMAIL}}
    complaint = await in_status(client, "in_progress", complainant=complainant)
    seeing = {}

    for who in (SUPERVISOR, REVIEWER, OTHER_REVIEWER, INTAKE, AUDITOR):
        seen = await client.get(f"/v1/complaints/{complaint['number']}", token=who)
        history = await client.get(f"/v1/complaints/{complaint['number']}/events", token=who)
        seeing[who] = "Budi Hartono" in seen.text, "Budi Hartono" in history.text

    assert [who for who, (case, past) in seeing.items() if case or past] == [SUPERVISOR, REVIEWER]
    assert seeing[SUPERVISOR] == seeing[REVIEWER] == (True, True)


async def test_an_auditor_sees_everything_but_personal_data(client: Client) -> None:
    complaint = await in_status(client, "resolved")

    seen = await client.get(f"/v1/complaints/{complaint['number']}", token=AUDITOR)
    history = await client.get(f"/v1/complaints/{complaint['number']}/events", token=AUDITOR)

    assert seen.json["personal_data"] == "withheld"
    assert seen.json["category"] == "minor"
    assert not [each for each in PERSONAL if each in seen.text + history.text]
    assert "Sudah kami jawab" not in history.text


async def test_an_auditor_sees_no_contact_even_of_what_is_assigned_to_him(client: Client) -> None:
    complainant = {"kind": "confidential", "contact": {"name": "Budi Hartono", "email": EMAIL}}
    complaint = await in_status(client, "in_progress", complainant=complainant)
    assignee = token("auditor", sub="reviewer-1")

    seen = await client.get(f"/v1/complaints/{complaint['number']}", token=assignee)
    history = await client.get(f"/v1/complaints/{complaint['number']}/events", token=assignee)

    assert seen.json["assignee"] == "reviewer-1"
    assert "Budi Hartono" not in seen.text + history.text


# The complainant.


async def test_the_complainant_reads_what_the_office_wrote(client: Client) -> None:
    complaint = await in_status(client, "waiting")
    number, secret = complaint["number"], complaint["tracking_secret"]
    await give(client, number, "clarify", token=secret, under=PUBLIC)
    await give(client, number, "resolve")

    own = await client.get(f"{PUBLIC}/{number}", token=secret)

    said = [(answer["event"], answer["text"]) for answer in own.json["answers"]]
    assert said == [
        ("clarification_requested", "Surat yang mana?"),
        ("resolved", "Sudah kami jawab"),
    ]
    assert own.json["allowed"] == ["reopen", "close", "rate"]
    OwnComplaintView.model_validate_json(own.body)


async def test_the_complainant_reads_to_whom_it_was_forwarded(client: Client) -> None:
    complaint = await in_status(client, "in_progress")
    number, secret = complaint["number"], complaint["tracking_secret"]
    await give(client, number, "forward")

    own = await client.get(f"{PUBLIC}/{number}", token=secret)

    (answer,) = own.json["answers"]
    assert (answer["event"], answer["text"]) == ("forwarded", "Kewenangannya")
    assert (answer["to"], answer["reference"]) == ("Inspektorat", "INS/7")


async def test_the_complainant_reads_the_clock_day_by_day(client: Client) -> None:
    complaint = await received(client, received_at="2026-11-23T09:00:00+07:00")

    answer = await client.get(
        f"{PUBLIC}/{complaint['number'].lower()}/clock", token=complaint["tracking_secret"].upper()
    )

    days = [(day["date"], day["why"], day["counted"]) for day in answer.json["days"]]
    assert days == [("2026-11-23", "received", None), ("2026-11-24", "counted", 1)]
    assert answer.json["clock"]["due_on"] == "2026-11-30"
    DaysView.model_validate_json(answer.body)


# A person is forgotten.


async def test_an_erased_person_is_gone_from_every_answer_and_the_case_stays(
    client: Client,
) -> None:
    complaint = await in_status(client, "in_progress")
    number, secret = complaint["number"], complaint["tracking_secret"]

    erased = await give(client, number, "erase-personal-data")
    await give(client, number, "resolve")
    await give(client, number, "rate", token=secret, under=PUBLIC)

    seen = await client.get(f"/v1/complaints/{number}", token=SUPERVISOR)
    history = await client.get(f"/v1/complaints/{number}/events", token=SUPERVISOR)
    own = await client.get(f"{PUBLIC}/{number}", token=secret)
    told = erased.text + seen.text + history.text + own.text
    assert not [each for each in (*PERSONAL, "Sudah kami jawab", "Agak lama") if each in told]
    assert seen.json["personal_data"] == erased.json["personal_data"] == "erased"
    assert (seen.json["status"], seen.json["category"]) == ("resolved", "minor")
    assert (seen.json["channel"], seen.json["rating"]) == ("whatsapp", 4)
    assert seen.json["clock"]["state"] == "on_time"
    assert [answer["text"] for answer in own.json["answers"]] == [None]


async def test_published_counts_of_an_erased_complaint_stay(client: Client) -> None:
    number = (await in_status(client, "classified"))["number"]
    before = await published(client)

    await give(client, number, "erase-personal-data")

    assert (await published(client)).startswith(before.removesuffix("]"))
