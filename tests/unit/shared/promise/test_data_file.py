"""An invalid standard or register is refused with file, line or key, and rule."""

from pathlib import Path

import pytest

from shared.promise.agencies import load_agencies
from shared.promise.data_file import WrongData
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from tests.support.clocks.case_clocks import at, day, row
from tests.support.clocks.data_files import AGENCIES, NEXT_STANDARD, STANDARD, DataFiles

VERIFIED, VERIFIED_BY = "clocks.verification.ends_with", "clocks.verification.basis"
DATED = "in_force_from = 2022-01-01 #"


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        row("a typo", "mail_domain =", "mail_domian =", "mail_domain", "is missing"),
        row("an unknown key", "[fee]", "rate = 1\n[fee]", "completion.rate", "is not known"),
        row("no translation", ', en = "E-mail"', "", "request_channels.email.name.en", "missing"),
        row("an empty text", 'en = "Post"', 'en = " "', "request_channels.post.name.en", "empty"),
        row("no deadline", "= 60", "= 0", "categories.oversight.days_allowed", "at least 1"),
        row("quotes", "= 60", '= "60"', "categories.oversight.days_allowed", "whole number"),
        row("a bool", "= 60", "= true", "categories.oversight.days_allowed", "whole number"),
        row("a share above 1", "rate = 1.0", "rate = 1.5", "target_rate", "between 0.0 and 1.0"),
        row(
            "a date in quotes", DATED, 'in_force_from = "2022" #', "in_force_from", "without quotes"
        ),
        row("no such basis", '"decree"\n', '"law"\n', "completion.basis", "must be one of"),
        row("nothing to confirm", '"target_rate",', '"rate",', "to_be_confirmed", "no rate"),
        row("confirmed twice", '"target_rate",', '"mail_domain",', "to_be_confirmed", "twice"),
        row("a number to confirm", '"target_rate",', "1,", "to_be_confirmed", "list of texts"),
        row("one requirement", "[[requirements]]", "[requirements]", "requirements", "list of t"),
        row("closes first", "16:30", "07:00", "office_hours.friday.closes", "after 07:30"),
        row("no such unit", '= "working_days"', '= "weeks"', "clocks.verification.unit", "one of"),
        row(
            "a clock of no days",
            "days = 14\nunit",
            "days = 0\nunit",
            "clocks.response.days",
            "at l",
        ),
        row(
            "it ends with nothing", 'ends_with = ["c', 'ends_with = [] # "c', VERIFIED, "least one"
        ),
        row(
            "it ends as it starts", 'ends_with = ["c', 'ends_with = ["received", "c', VERIFIED, "st"
        ),
        row("a clock of no basis", 'basis = "sp4n"', 'basis = "lapor"', VERIFIED_BY, "one of"),
        row(
            "is it sure",
            "to_be_confirmed = true\n",
            "",
            "clocks.verification.to_be_confirmed",
            "miss",
        ),
        row("a missing day", "friday = {", "sunday = {", "office_hours.friday", "is missing"),
    ],
)
def test_a_wrong_standard_is_refused_with_key_and_rule(
    data: DataFiles, old: str, new: str, key: str, rule: str
) -> None:
    data.change(STANDARD, old, new)

    with pytest.raises(WrongData) as refusal:
        load_standards(data.folder)

    assert (refusal.value.file, refusal.value.key) == (STANDARD, key)
    assert rule in refusal.value.rule


def test_malformed_toml_is_refused_with_its_line(data: DataFiles) -> None:
    data.change(STANDARD, "[title]", "[title")

    with pytest.raises(WrongData, match=rf"{STANDARD}: not TOML: .*line 20"):
        load_standards(data.folder)


def test_two_standards_of_one_name_are_refused(data: DataFiles) -> None:
    data.copy(STANDARD, to=NEXT_STANDARD)

    with pytest.raises(WrongData, match="stands in another file already"):
        load_standards(data.folder)


def test_two_standards_from_one_day_on_are_refused(data: DataFiles) -> None:
    data.copy(STANDARD, to=NEXT_STANDARD)
    data.change(NEXT_STANDARD, '"09/DISKOMINFO/2022"', '"10/DISKOMINFO/2030"')

    with pytest.raises(WrongData, match="starts on the same day"):
        load_standards(data.folder)


def test_an_office_without_a_standard_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongData, match="no service standard"):
        load_standards(tmp_path)


def test_a_new_standard_holds_from_its_day_on_and_takes_nothing_back(data: DataFiles) -> None:
    data.copy(STANDARD, to=NEXT_STANDARD)
    data.change(NEXT_STANDARD, '"09/DISKOMINFO/2022"', '"10/DISKOMINFO/2030"')
    data.change(NEXT_STANDARD, DATED, DATED.replace("2022", "2030"))
    data.change(NEXT_STANDARD, "closes = 16:30:00", "closes = 15:00:00")

    standards, calendar = load_standards(data.folder), load_calendar(data.folder)

    assert standards.in_force(day("Mon 31 Dec 2029")).decree == "09/DISKOMINFO/2022"
    assert standards.in_force(day("Tue 1 Jan 2030")).decree == "10/DISKOMINFO/2030"
    assert calendar.closes_at(day("Fri 28 Dec 2029")) == at("Fri 28 Dec 2029 16:30")
    assert calendar.closes_at(day("Fri 4 Jan 2030")) == at("Fri 4 Jan 2030 15:00")


def test_an_agency_without_a_name_is_refused(data: DataFiles) -> None:
    data.change(AGENCIES, 'id = "Dinas Kesehatan"\n', "")

    with pytest.raises(WrongData, match=r"agencies.toml: DINKES.id: is missing"):
        load_agencies(data.folder / AGENCIES)


def test_a_register_without_agencies_is_refused(tmp_path: Path) -> None:
    (tmp_path / AGENCIES).touch()

    with pytest.raises(WrongData, match=r"agencies.toml: must name at least one"):
        load_agencies(tmp_path / AGENCIES)
