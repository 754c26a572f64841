"""The characters that each field accepts: nothing invisible in published fields or lines."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.web.fields import Body, Day, Line, PersonalLine, Prose, TypedLine, valid_fields

LINE = TypeAdapter[str](Line)
PERSONAL = TypeAdapter[str](PersonalLine)
TYPED = TypeAdapter[str](TypedLine)
PROSE = TypeAdapter[str](Prose)

DIRECTIONS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
UNSEEN = [
    *"\u00ad\u061c\u180e\u2060\u2065\u3164\ufeff\ufff9\U000e0041",
    *(chr(code) for code in range(0x200B, 0x2010)),
    *(chr(code) for code in range(0x202A, 0x202F)),
    *(chr(code) for code in range(0x2060, 0x2070)),
]
CONTROL = [
    *(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"),
    *(chr(code) for code in range(0x7F, 0xA0) if code != 0x85),
    *"\ufdd0\uffff\ud800\udfff",
]
SEPARATORS = [*"\t\n\r\x85\u2028\u2029"]
EMOJI = "👨\u200d👩\u200d👧 ❤\ufe0f"


def rule_of(kind: TypeAdapter[str], text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(text)
    (error,) = refused.value.errors(include_url=False)
    return f"{error['type']} {error.get('ctx', {}).get('character')}"


@pytest.mark.parametrize(
    "character", [*UNSEEN, *CONTROL, *SEPARATORS, "\ue000", "\ufe0f", "\U000f0000"], ids=ascii
)
def test_a_published_line_names_the_character_that_hides_in_it(character: str) -> None:
    expected = f"characters U+{ord(character):04X}"

    assert rule_of(LINE, f"DIN{character}KES") == expected


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_a_typed_line_leaves_out_what_nobody_sees(character: str) -> None:
    assert TYPED.validate_python(f"{character}08{character}12{character}") == "0812"


@pytest.mark.parametrize("character", sorted(set(UNSEEN) - set(DIRECTIONS)), ids=ascii)
def test_a_personal_line_leaves_out_what_nobody_sees(character: str) -> None:
    assert PERSONAL.validate_python(f"{character}Si{character}ti{character}") == "Siti"


@pytest.mark.parametrize("character", DIRECTIONS, ids=ascii)
@pytest.mark.parametrize("kind", [PERSONAL, PROSE], ids=["line", "prose"])
def test_text_that_turns_its_direction_is_refused(kind: TypeAdapter[str], character: str) -> None:
    assert rule_of(kind, f"Si{character}ti") == f"characters U+{ord(character):04X}"


@pytest.mark.parametrize("character", [*CONTROL, *SEPARATORS], ids=ascii)
def test_a_personal_line_is_one_line(character: str) -> None:
    assert rule_of(PERSONAL, f"Si{character}ti") == f"characters U+{ord(character):04X}"


@pytest.mark.parametrize("character", CONTROL, ids=ascii)
def test_prose_holds_no_control_character(character: str) -> None:
    assert rule_of(PROSE, f"a{character}b") == f"characters U+{ord(character):04X}"


@pytest.mark.parametrize(
    "character", sorted(set(UNSEEN) - {*DIRECTIONS, *"\u200c\u200d"}), ids=ascii
)
def test_prose_leaves_out_what_nobody_sees(character: str) -> None:
    assert PROSE.validate_python(f"a{character}b") == "ab"


def test_prose_keeps_its_lines_tabs_and_emoji() -> None:
    assert PROSE.validate_python(f"a\tb\nc {EMOJI}") == f"a\tb\nc {EMOJI}"
    assert PROSE.validate_python("a\u2028b\u2029c\x85d") == "a\nb\nc\nd"


def test_the_spaces_of_a_personal_line_are_plain_ones() -> None:
    assert PERSONAL.validate_python("\u00a0Dinas\u202fKesehatan\u3000") == "Dinas Kesehatan"


@pytest.mark.parametrize("kind", [PERSONAL, PROSE])
def test_text_of_invisible_characters_is_empty(kind: TypeAdapter[str]) -> None:
    assert rule_of(kind, "\u200b \u2060").startswith("string_too_short")


@given(text=st.text(st.characters(codec="utf-8"), max_size=50))
def test_a_line_that_passes_holds_only_what_is_seen(text: str) -> None:
    try:
        held = LINE.validate_python(text)
    except ValidationError:
        return
    kinds = {unicodedata.category(character) for character in held}

    assert not kinds & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not set(UNSEEN) & set(held)


def test_fields_that_are_in_order_are_read_though_others_are_not() -> None:
    class Letter(Body):
        date: Day
        number: Line
        stamped: bool = True

    body: Any = {"date": "2026-02-30", "number": " 800/1 ", "unknown": 1}

    assert valid_fields(Letter, body) == {"number": "800/1"}
    assert valid_fields(Letter, [body]) == {}
