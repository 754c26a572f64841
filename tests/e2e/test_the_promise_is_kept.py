"""The story of a request and of a complaint, from the first letter to the public's page.

Everything is real: `janji up` runs PostgreSQL, RabbitMQ and the three services, and nobody here
knows more of them than their addresses.
"""

from secrets import token_hex

import aiohttp
import pytest

from shared.promise.working_days import load_calendar
from testbed.office import Json, Office, Person, today

pytestmark = pytest.mark.system

TODAY = today().isoformat()
YEAR = load_calendar().next_working_day(today()).year  # after office hours it is received then
LETTER = {
    "number": f"800/{token_hex(4)}/DINKES",
    "date": TODAY,
    "signed_by": "head_of_agency",
    "stamped": True,
}
SECOND_NUMBER = f"{LETTER['number']}-2"
REQUEST = {
    "kind": "password_reset",
    "agency": "DINKES",
    "channel": "online",
    "letter": LETTER,
    "accounts": ["dinkes@kalbarprov.go.id"],
    "contact": {"name": "Siti Rahmawati", "phone": "+6281255517777", "email": None},
}
COMPLAINT = {
    "complainant": {
        "kind": "confidential",
        "contact": {"name": "Budi Hartono", "email": "budi@contoh.example"},
    },
    "subject": "Kata sandi belum direset",
    "text": "Kami sudah menunggu tiga hari.",
}
CHECKLIST = {"signed_by_authorised_head": True, "stamped": True, "accounts_named": True}
PERSONAL = ["Siti Rahmawati", "+6281255517777", "Budi Hartono", "menunggu tiga hari"]


@pytest.fixture
def agency(office: Office, session: aiohttp.ClientSession) -> Person:
    return Person(session, office.url("requests"), office.token("agency", agency="DINKES"))


@pytest.fixture
def reviewer(office: Office, session: aiohttp.ClientSession) -> Person:
    return Person(session, office.url("requests"), office.token("reviewer"))


@pytest.fixture
def supervisor(office: Office, session: aiohttp.ClientSession) -> Person:
    return Person(session, office.url("complaints"), office.token("supervisor"))


@pytest.fixture
def anybody(office: Office, session: aiohttp.ClientSession) -> Person:
    return Person(session, office.url("projections"))


async def test_the_story_of_a_request(agency: Person, reviewer: Person, anybody: Person) -> None:
    before = await figures(anybody, "requests")

    # An agency hands in its letter: the office has one working day.
    request = await agency.sends("/v1/requests", REQUEST)
    case = f"/v1/requests/{request['number']}"
    assert request["status"] == "submitted"
    assert request["clock"]["days_allowed"] == 1

    # The reviewer finds that the stamp is missing, and the agency sends the letter again.
    await reviewer.sends(f"{case}/review", {})
    await reviewer.sends(f"{case}/return", {"reason": "Cap belum ada", "missing": ["letter_stamp"]})
    await agency.sends(f"{case}/resubmit", {"letter": {**LETTER, "number": SECOND_NUMBER}})

    # Now it meets the requirements. It is done, and the letter of confirmation goes out.
    await reviewer.sends(f"{case}/review", {})
    await reviewer.sends(f"{case}/approve", {"checklist": CHECKLIST})
    await reviewer.sends(f"{case}/process", {})
    await reviewer.sends(f"{case}/complete", {"result": "Kata sandi direset"})
    status, headers, answer = await reviewer.tries(
        f"{case}/confirm",
        {"letter_number": "555/9/DISKOMINFO", "letter_date": TODAY},
    )
    assert status == 200, answer
    assert '"state":"on_time"' in answer

    # The public sees a promise that was kept, and nothing of the person.
    after = await figures(anybody, "requests", at_least=headers["Janji-Position"])
    assert after["received"] == before["received"] + 1
    assert after["on_time"] == before["on_time"] + 1
    assert after["waited"] == before["waited"] + 1
    page = await anybody.reads(f"/?min_position={headers['Janji-Position']}")
    assert "permintaan diselesaikan tepat waktu" in page
    assert not [secret for secret in PERSONAL if secret in page]


async def test_the_story_of_a_complaint(supervisor: Person, anybody: Person) -> None:
    before = await figures(anybody, "complaints")
    public = Person(anybody.session, supervisor.service_url)

    # Somebody complains on the public form, and gets a number and a secret.
    receipt = await public.sends("/v1/public/complaints", COMPLAINT)
    complainant = Person(public.session, public.service_url, receipt["tracking_secret"])
    case, own = f"/v1/complaints/{receipt['number']}", f"/v1/public/complaints/{receipt['number']}"

    # The office takes it up and answers.
    await supervisor.sends(f"{case}/classify", {"category": "minor"})
    me = await supervisor.sends("/v1/me")
    await supervisor.sends(f"{case}/assign", {"assignee": me["sub"]})
    await supervisor.sends(f"{case}/resolve", {"answer": "Kata sandi sudah kami reset."})

    # The complainant reads the answer, and says what it was worth.
    seen = await complainant.sends(own)
    assert seen["status"] == "resolved"
    assert [answer["text"] for answer in seen["answers"]] == ["Kata sandi sudah kami reset."]
    await complainant.sends(f"{own}/rate", {"score": 4, "remark": "Agak lama"})
    status, headers, answer = await complainant.tries(f"{own}/close", {})
    assert status == 200, answer

    # With another secret there is no such complaint.
    stranger = Person(public.session, public.service_url, "bukan-rahasianya")
    assert (await stranger.tries(own))[0] == 404

    # The public sees an answer in time, and nothing of the person.
    after = await figures(anybody, "complaints", at_least=headers["Janji-Position"])
    assert after["received"] == before["received"] + 1
    assert after["on_time"] == before["on_time"] + 1
    assert after["rating"] == before["rating"]  # which is released by the quarter, not live
    page = await anybody.reads(f"/en/?min_position={headers['Janji-Position']}")
    assert not [secret for secret in PERSONAL if secret in page]


async def figures(anybody: Person, service: str, at_least: str = "") -> Json:
    """The public figures of this year, with that position in them."""
    waiting = f"&min_position={at_least}" if at_least else ""
    path = f"/v1/public/statistics?period={YEAR}{waiting}"
    found: Json = (await anybody.sends(path))["services"][service]
    counted = ("on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded")
    assert found["received"] == sum(found[state] for state in counted)
    return found


def test_an_address_is_printed_for_the_shell(office: Office) -> None:
    assert office.janji("url", "requests") == office.url("requests") + "\n"
