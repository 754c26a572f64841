"""The service standard in the data is the one that the office has published."""

import json
from datetime import date, time
from pathlib import Path

import pytest

from shared.promise.agencies import load_agencies
from shared.promise.standard import (
    Standard,
    UnknownStandard,
    as_json,
    load_standards,
)

PUBLISHED = Path(__file__).parents[3] / "fixtures/standar-pelayanan-email-kedinasan.txt"

STANDARDS = load_standards()
STANDARD = STANDARDS.named("09/DISKOMINFO/2022")


def sheet(standard: Standard) -> str:
    """The sheet as the office publishes it, written anew from the data, on one line."""
    office, product = standard.office, standard.products[0].id
    steps = [f"{n}. {'abcd'[n - 1]}. {step.id}" for n, step in enumerate(standard.procedure, 1)]
    limits = [
        f"{category.name.id}, selambat-lambatnya {category.days_allowed} hari kerja"
        for category in standard.categories.values()
    ]
    letterhead = f"{office.name.id} {office.address.id} {office.phone} <{office.website}>"
    place = f"{office.government.id} / {office.name.id}"
    return " ".join(
        [
            f"{letterhead} {place.removesuffix(' Informatika')}",
            f"{standard.title.id} No. SK : {standard.decree}",
            f"Persyaratan 1. {standard.requirements[0].id}",
            f"Sistem, Mekanisme dan Prosedur {' '.join(steps)}",
            f"Waktu Penyelesaian {standard.days_allowed} Hari {standard.completion.id}",
            f"Biaya / Tarif {standard.fee.id.replace('(', '').replace(')', '')}",
            f"{letterhead} {place}",
            f"Produk Pelayanan 1. {product}",
            f"Pengaduan Layanan Pengaduan dapat dilakukan melalui : {channels(standard)}",
            f"Jangka Waktu Penyelesaian Pengaduan : - 1) {limits[0]};",
            f"- 2) {limits[1]}; - 3) {limits[2]}; {limits[3]}.",
        ]
    )


def channels(standard: Standard) -> str:
    """The sheet's list of channels: all but the form of this very software."""
    told = {code: (each.name.id, each.address) for code, each in standard.channels.items()}
    return (
        "1. {face_to_face[0]} 2. {complaint_box[0]} 3. {whatsapp[0]} : {whatsapp[1]} "
        "4. {phone[0]} : {phone[1]} 5. {email[0]} : {email[1]} 6. {lapor[0]} ({lapor[1]}) "
        "7. {contact_page[0]} : <{contact_page[1]}> 8. {instagram[0]} <{instagram[1]}> "
        "{facebook[0]} <{facebook[1]}> {twitter[0]} <{twitter[1]}>"
    ).format(**told)


def test_the_data_say_word_for_word_what_the_office_has_published() -> None:
    published = " ".join(PUBLISHED.read_text(encoding="utf-8").split())
    published = published.replace("*Online*", "Online")  # emphasis, no word
    published = published.replace("8. Media Sosial : - ", "8. Media Sosial: ")
    published = published.replace("- Facebook", "Media Sosial: Facebook")
    published = published.replace("- Twitter", "Media Sosial: Twitter")

    assert sheet(STANDARD) == published


def test_the_channels_are_those_of_the_sheet_and_the_public_form() -> None:
    assert list(STANDARD.channels) == [
        *("face_to_face", "complaint_box", "whatsapp", "phone", "email", "lapor", "contact_page"),
        *("instagram", "facebook", "twitter"),
        "janji",
    ]


def test_the_kinds_are_those_of_the_requirement() -> None:
    words = STANDARD.requirements[0].id

    assert list(STANDARD.kinds) == ["account_creation", "account_change", "password_reset"]
    said = {kind: each.name.id for kind, each in STANDARD.kinds.items()}
    assert said.pop("password_reset") == "Atur ulang kata sandi"  # the decree's "reset password"
    assert "reset password" in words
    assert all(name.lower() in words for name in said.values())


def test_complaints_have_the_deadlines_of_their_categories() -> None:
    assert STANDARD.complaint_days == {
        "minor": 5,
        "normative": 5,
        "non_oversight": 14,
        "oversight": 60,
    }
    assert STANDARD.shortest_complaint_days == 5


def test_point_missing_on_the_sheet_is_to_be_confirmed_by_the_office() -> None:
    assert set(STANDARD.to_be_confirmed) == {
        "in_force_from",
        "mail_domain",
        "target_rate",
        "request_channels",
        "channels.janji",
        "office_hours",
    }


def test_the_assumptions_are_these_until_the_office_confirms_others() -> None:
    closes = {number: hours.closes for number, hours in STANDARD.office_hours.items()}

    assert closes == dict.fromkeys(range(4), time(16)) | {4: time(16, 30)}
    assert {hours.opens for hours in STANDARD.office_hours.values()} == {time(7, 30)}
    assert STANDARD.target_rate == 1.0
    assert STANDARD.mail_domain == "kalbarprov.go.id"
    assert STANDARD.channels["email"].address == f"diskominfo@{STANDARD.mail_domain}"


def test_every_deadline_channel_and_kind_names_what_it_stands_on_and_since_when() -> None:
    bases = [
        STANDARD.days_basis,
        STANDARD.hours_basis,
        *(kind.basis for kind in STANDARD.kinds.values()),
        *(channel.basis for channel in STANDARD.channels.values()),
        *(channel.basis for channel in STANDARD.request_channels.values()),
        *(category.basis for category in STANDARD.categories.values()),
    ]

    assert all(basis.source.id and basis.source.en for basis in bases)
    assert {basis.in_force_from for basis in bases} == {date(2022, 1, 1)}


def test_a_case_has_the_standard_that_was_in_force_on_the_day_of_its_receipt() -> None:
    assert STANDARDS.in_force(date(2022, 1, 1)) is STANDARD
    assert STANDARDS.in_force(date(2030, 1, 1)) is STANDARD
    with pytest.raises(UnknownStandard):
        STANDARDS.in_force(date(2021, 12, 31))


def test_an_unknown_standard_is_refused() -> None:
    with pytest.raises(UnknownStandard, match="10/DISKOMINFO/2030"):
        STANDARDS.named("10/DISKOMINFO/2030")


def test_the_standard_is_served_as_json() -> None:
    served = json.loads(json.dumps(as_json(STANDARD)))

    assert served["decree"] == "09/DISKOMINFO/2022"
    assert served["days_allowed"] == 1
    assert served["title"] == {
        "id": "Standar Pelayanan Email Kedinasan",
        "en": "Service Standard for Official E-mail",
    }
    assert served["office_hours"]["friday"] == {"opens": "07:30:00", "closes": "16:30:00"}
    assert served["categories"]["oversight"]["days_allowed"] == 60


def test_further_clocks_are_those_of_law_and_practice_until_the_office_confirms_them() -> None:
    clocks = STANDARD.clocks

    assert {code: (clock.days, clock.unit) for code, clock in clocks.items()} == {
        "verification": (3, "working_days"),
        "response": (14, "calendar_days"),
        "decision": (60, "calendar_days"),
    }
    assert all(clock.to_be_confirmed for clock in clocks.values())
    assert "Pasal 44" in clocks["response"].basis.source.id
    assert as_json(STANDARD)["clocks"]["decision"]["ends_with"] == ["resolved", "rejected"]


def test_the_register_holds_the_provinces_agencies_by_their_short_names() -> None:
    agencies = load_agencies()

    assert agencies.keys() >= {
        *("DINKES", "DISKOMINFO", "DISDIKBUD", "BAPPEDA", "BKD", "BPKPD", "RSUD-SOEDARSO"),
    }
    assert agencies["DINKES"].code == "DINKES"
    assert agencies["DINKES"].name.id == "Dinas Kesehatan"
