"""Which texts are an e-mail address or a telephone number, and the form in which they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cases.contact import email_of, phone_of


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("081234567890", "+6281234567890", id="a mobile number"),
        pytest.param("6281234567890", "+6281234567890", id="the country's code without plus"),
        pytest.param("+6281234567890", "+6281234567890", id="as it is kept"),
        pytest.param("0812 3456 7890", "+6281234567890", id="spaces"),
        pytest.param("0812-3456-7890", "+6281234567890", id="hyphens"),
        pytest.param("0812.3456.7890", "+6281234567890", id="dots"),
        pytest.param("+62 (0)812-3456-7890", "+6281234567890", id="a national zero in brackets"),
        pytest.param("0062 812 3456 7890", "+6281234567890", id="two zeros for the plus"),
        pytest.param("81234567890", "+6281234567890", id="the zero lost in a spreadsheet"),
        pytest.param("(0561) 736541", "+62561736541", id="a landline"),
        pytest.param("0561736541", "+62561736541", id="a landline without brackets"),
        pytest.param("081234567", "+6281234567", id="nine digits"),
        pytest.param("+60 12-345 6789", "+60123456789", id="Malaysia"),
        pytest.param("+65 6123 4567", "+6561234567", id="Singapore"),
        pytest.param("+1 (202) 555-0123", "+12025550123", id="North America"),
        pytest.param("+123456789012345", "+123456789012345", id="fifteen digits"),
        pytest.param("０８１２３４５６７８９０", "+6281234567890", id="full-width digits"),
        pytest.param("＋６２８１２３４５６７８９０", "+6281234567890", id="a full-width plus"),
        pytest.param("0812\u00a03456\u20117890", "+6281234567890", id="no-break characters"),
        pytest.param("\u202a+6281234567890\u202c", "+6281234567890", id="WhatsApp's direction"),
        pytest.param("0812\u20133456\u200b7890", "+6281234567890", id="a dash and zero width"),
    ],
)
def test_a_telephone_number_is_kept_with_its_country(typed: str, kept: str) -> None:
    assert phone_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("08123456", id="eight digits"),
        pytest.param("+62 812", id="too short with its country"),
        pytest.param("+1234567890123456", id="sixteen digits"),
        pytest.param("08123456789012345", id="sixteen with the country's code"),
        pytest.param("0812 3456 7890 ext 7", id="an extension"),
        pytest.param("O81234567890", id="a letter for a zero"),
        pytest.param("0812/0813 4567", id="two numbers in one"),
        pytest.param("++6281234567890", id="two pluses"),
        pytest.param("0812+34567890", id="a plus inside"),
        pytest.param("+0812345678", id="no country begins with zero"),
        pytest.param("561736541", id="an area without its zero"),
        pytest.param("٠٨١٢٣٤٥٦٧٨٩٠", id="digits of another script"),
        pytest.param("siti@dinkes.example", id="an address"),
    ],
)
def test_undialable_text_is_no_telephone_number(typed: str) -> None:
    assert phone_of(typed) is None


@given(digits=st.text("0123456789", min_size=6, max_size=20), mark=st.sampled_from(["", "+", "00"]))
def test_a_number_that_is_kept_is_its_own_form(digits: str, mark: str) -> None:
    kept = phone_of(mark + digits)

    assert kept is None or (phone_of(kept) == kept and kept[1:].isdigit() and len(kept) <= 16)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("siti@dinkes.example", "siti@dinkes.example", id="plain"),
        pytest.param("siti.aminah+janji@dinkes.kalbarprov.go.id", None, id="plus and dots"),
        pytest.param("o'neil_99@a-b.co", None, id="an apostrophe and hyphens"),
        pytest.param("x@xn--80ak6aa92e.com", None, id="another script's domain"),
        pytest.param(" Siti@Dinkes.example ", "Siti@Dinkes.example", id="capitals stay"),
        pytest.param("ｓｉｔｉ＠dinkes.example", "siti@dinkes.example", id="full-width"),
        pytest.param("siti@\u200bdinkes.example", "siti@dinkes.example", id="zero width"),
        pytest.param("a" * 64 + "@b.id", None, id="the longest mailbox"),
    ],
)
def test_an_address_is_kept_as_it_is_meant(typed: str, kept: str | None) -> None:
    assert email_of(typed) == (kept or typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "siti",
        "@dinkes.example",
        "siti@",
        "siti@dinkes",
        "siti@@dinkes.example",
        "siti@b@dinkes.example",
        "si ti@dinkes.example",
        "siti.@dinkes.example",
        ".siti@dinkes.example",
        "si..ti@dinkes.example",
        "siti@.example",
        "siti@dinkes..example",
        "siti@-dinkes.example",
        "siti@dinkes-.example",
        "siti@dinkes.example.",
        "siti@dinkes.7",
        "siti@[127.0.0.1]",
        "siti@dinkes_a.example",
        "siti,budi@dinkes.example",
        "Siti <siti@dinkes.example>",
        "sití@dinkes.example",
        "a" * 65 + "@b.id",
        "siti@" + "a" * 64 + ".id",
        "siti@" + "a.b" * 90 + ".id",
        "081234567890",
    ],
)
def test_unreachable_text_is_no_address(typed: str) -> None:
    assert email_of(typed) is None
