"""What the complaints service answers over HTTP, to the office and to the complainant."""

import pytest

from tests.support.complaints_service import (
    AUDITOR,
    COMPLAINT,
    INTAKE,
    OTHER_REVIEWER,
    PUBLIC_COMPLAINT,
    REVIEWER,
    SUPERVISOR,
    give,
    head,
    in_status,
    published,
    received,
)
from tests.support.http import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "/v1/public/complaints"
PERSONAL = ("Budi Hartono", "0812 555", "Surat belum dijawab", "seminggu kami menunggu")


async def test_a_registration_is_answered_with_the_receipt_that_the_law_asks_for(
    client: Client,
) -> None:
    answer = await client.post("/v1/complaints", COMPLAINT, token=INTAKE)

    complaint = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/v1/complaints/{complaint['number']}"
    assert answer.headers["etag"] == '"1"'
    assert len(complaint["tracking_secret"]) == 32
    assert complaint["clock"]["days_allowed"] == 5
    assert complaint["allowed"] == ["classify", "reject", "forward"]


async def test_anybody_complains_and_gets_number_and_secret_and_nothing_else(
    client: Client,
) -> None:
    answer = await client.post(PUBLIC, PUBLIC_COMPLAINT)

    assert answer.status == 201
    assert set(answer.json) == {"number", "tracking_secret"}
    own = await client.get(
        f"{PUBLIC}/{answer.json['number']}", token=answer.json["tracking_secret"]
    )
    assert own.json["channel"] == "janji"
    assert own.json["text"] == PUBLIC_COMPLAINT["text"]
    assert own.json["allowed"] == []


async def test_the_same_key_gives_the_same_receipt_again(client: Client) -> None:
    key = {"idempotency-key": "formulir-1"}
    first = await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)
    before = await head(client)

    again = await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)

    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert await head(client) == before


async def test_the_same_key_with_another_complaint_is_refused(client: Client) -> None:
    key = {"idempotency-key": "formulir-2"}
    await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)

    answer = await client.post(PUBLIC, {**PUBLIC_COMPLAINT, "subject": "Lain"}, headers=key)

    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")


async def test_a_command_repeated_after_others_gives_its_first_answer(client: Client) -> None:
    number = (await in_status(client, "in_progress"))["number"]
    key = {"idempotency-key": "jawaban-1"}
    first = await give(client, number, "respond", headers=key)
    await give(client, number, "resolve")

    again = await give(client, number, "respond", headers=key)

    assert (again.status, again.body) == (200, first.body)


async def test_the_secret_is_in_the_receipt_and_nowhere_else(client: Client) -> None:
    before = await head(client)
    complaint = await in_status(client, "resolved")
    number, secret = complaint["number"], complaint["tracking_secret"]

    seen = await client.get(f"/v1/complaints/{number}", token=SUPERVISOR)
    history = await client.get(f"/v1/complaints/{number}/events", token=SUPERVISOR)

    assert secret not in seen.text + history.text + await published(client, before)


async def test_nothing_personal_is_published(client: Client) -> None:
    before = await head(client)
    complaint = await in_status(client, "waiting")
    await give(client, complaint["number"], "clarify")

    feed = await published(client, before)

    assert complaint["number"] in feed
    assert not [each for each in (*PERSONAL, "Surat yang mana", "nomor 7") if each in feed]


async def test_of_an_anonymous_complainant_no_contact_is_kept(client: Client) -> None:
    complainant = {"kind": "anonymous", "contact": {"name": "Budi Hartono"}}
    complaint = await received(client, complainant=complainant)

    seen = await client.get(f"/v1/complaints/{complaint['number']}", token=SUPERVISOR)

    assert seen.json["complainant"] == {"kind": "anonymous", "contact": None}


async def test_who_a_confidential_complainant_is_see_assignee_and_supervisors_only(
    client: Client,
) -> None:
    complainant = {"kind": "confidential", "contact": {"name": "Budi Hartono"}}
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


async def test_a_step_that_is_not_possible_says_what_is(client: Client) -> None:
    complaint = await received(client)

    answer = await give(client, complaint["number"], "resolve")

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["status"] == "received"
    assert answer.json["allowed"] == ["classify", "reject", "forward"]


async def test_a_second_rating_is_refused(client: Client) -> None:
    complaint = await in_status(client, "resolved")
    number, secret = complaint["number"], complaint["tracking_secret"]
    await give(client, number, "rate", token=secret, under=PUBLIC)

    answer = await give(client, number, "rate", token=secret, under=PUBLIC)

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["allowed"] == ["reopen", "close"]


async def test_a_stale_version_is_refused(client: Client) -> None:
    complaint = await in_status(client, "classified")

    answer = await give(client, complaint["number"], "assign", headers={"if-match": '"1"'})

    assert (answer.status, answer.problem) == (412, "stale-version")


async def test_after_erasing_the_person_is_gone_and_the_case_stays(client: Client) -> None:
    complaint = await in_status(client, "in_progress")
    number = complaint["number"]

    await give(client, number, "erase-personal-data")
    await give(client, number, "resolve")

    seen = await client.get(f"/v1/complaints/{number}", token=SUPERVISOR)
    history = await client.get(f"/v1/complaints/{number}/events", token=SUPERVISOR)
    assert seen.json["personal_data"] == "erased"
    assert (seen.json["text"], seen.json["status"]) == (None, "resolved")
    assert not [each for each in (*PERSONAL, "Sudah kami jawab") if each in history.text]


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


async def test_a_mistyped_number_is_told_from_an_unknown_one(client: Client) -> None:
    mistyped = await client.get("/v1/complaints/ADU-0000-0000-1", token=AUDITOR)
    unknown = await client.get("/v1/complaints/ADU-0000-0000-0", token=AUDITOR)

    assert (mistyped.status, mistyped.problem) == (404, "mistyped-number")
    assert (unknown.status, unknown.problem) == (404, "not-found")


BAD = [
    pytest.param({"channel": "pigeon"}, "/channel", "known_channel", id="unknown channel"),
    pytest.param({"colour": "red"}, "/colour", "unknown_field", id="unknown field"),
    pytest.param({"subject": 7}, "/subject", "text", id="wrong type"),
    pytest.param({"text": "a\0b"}, "/text", "characters", id="NUL"),
    pytest.param({"text": ""}, "/text", "too_short", id="empty"),
    pytest.param({"received_at": "2026-02-30T09:00:00+07:00"}, "/received_at", "instant", id="day"),
    pytest.param({"received_at": "2026-11-24T09:00:00"}, "/received_at", "instant", id="no offset"),
    pytest.param(
        {"received_at": "2026-11-24T10:16:00+07:00"}, "/received_at", "not_in_future", id="future"
    ),
    pytest.param(
        {"complainant": {"kind": "famous"}}, "/complainant/kind", "choice", id="unknown kind"
    ),
]


@pytest.mark.parametrize(("change", "pointer", "rule"), BAD)
async def test_bad_input_names_the_field_and_the_rule_and_stores_nothing(
    client: Client, change: dict[str, object], pointer: str, rule: str
) -> None:
    before = await head(client)

    answer = await client.post("/v1/complaints", {**COMPLAINT, **change}, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert [(each["pointer"], each["rule"]) for each in answer.json["errors"]] == [(pointer, rule)]
    assert await head(client) == before


async def test_a_body_of_over_one_mebibyte_is_refused(client: Client) -> None:
    answer = await client.post(PUBLIC, b'{"text": "' + b"a" * 2**20 + b'"}')

    assert (answer.status, answer.problem) == (413, "too-large")
