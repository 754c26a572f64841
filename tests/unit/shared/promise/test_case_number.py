"""Case numbers: mistyped ones are detected, sloppily typed ones are understood."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.promise.case_number import (
    ALPHABET,
    MalformedNumber,
    MistypedNumber,
    case_id,
    new_number,
    prefix_of,
    read_number,
)
from tests.support.clocks.case_clocks import row

NUMBER = new_number("PRM", lambda size: bytes(range(1, size + 1)))

numbers = st.binary(min_size=5, max_size=5).map(lambda drawn: new_number("PRM", lambda _: drawn))
positions = st.sampled_from([4, 5, 6, 7, 9, 10, 11, 12, 14])  # of the characters after PRM-
neighbours = st.sampled_from(
    [(4, 5), (5, 6), (6, 7), (7, 9), (9, 10), (10, 11), (11, 12), (12, 14)]
)


@given(number=numbers)
def test_a_number_is_read_as_it_was_made(number: str) -> None:
    assert read_number(number, "PRM") == number


def test_a_number_has_the_form_that_the_office_writes() -> None:
    prefix, first, second, check = NUMBER.split("-")

    assert (prefix, len(first), len(second), len(check)) == ("PRM", 4, 4, 1)
    assert set(first + second + check) <= set(ALPHABET)


@given(number=numbers)
def test_the_check_character_is_by_luhns_rule_modulo_32(number: str) -> None:
    assert number[-1] == luhn(number[4:8] + number[9:13])


def luhn(characters: str) -> str:
    """As the rule is usually told: double from the right, add up digits, fill up to the modulus."""
    total = 0
    for place, character in enumerate(characters[::-1]):
        doubled = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += sum(divmod(doubled, 32))
    return ALPHABET[(32 - total % 32) % 32]


def test_every_bit_that_is_drawn_makes_another_number() -> None:
    asked: list[int] = []
    coins = iter([bytes(5), *((1 << bit).to_bytes(5) for bit in range(40))])

    def thrown(size: int) -> bytes:
        asked.append(size)
        return next(coins)

    drawn = {new_number("PRM", thrown) for _ in range(41)}

    assert len(drawn) == 41
    assert set(asked) == {5}


def test_malformed_number_is_named_with_the_form_it_should_have() -> None:
    with pytest.raises(MalformedNumber, match="PRM-XXXX-XXXX-C") as refused:
        read_number("ADU-0000-0000-0", "PRM")
    with pytest.raises(MistypedNumber, match="PRM-0000-0000-1") as mistyped:
        read_number("prm-0000-0000-1", "PRM")

    assert (refused.value.text, refused.value.prefix) == ("ADU-0000-0000-0", "PRM")
    assert mistyped.value.number == "PRM-0000-0000-1"


def test_two_numbers_drawn_by_chance_differ() -> None:
    assert new_number("ADU") != new_number("ADU")


@pytest.mark.parametrize(
    "typed",
    [
        row("small letters", "prm-0000-0000-0"),
        row("the letter O", "PRM-OOOO-oooo-O"),
        row("no hyphens", "PRM000000000"),
        row("blanks", " PRM 0000 0000 0 "),
        row("a line break", "PRM-0000-\n0000-0\r\n"),
        row("no-break spaces", "PRM\u00a00000\u00a00000\u00a00"),
        row("narrow no-break spaces", "PRM\u202f0000\u202f0000\u202f0"),
        row("ideographic spaces", "\u3000PRM-0000-0000-0\u3000"),
        row("hyphens", "PRM\u20100000\u20100000\u20100"),
        row("no-break hyphens", "PRM\u20110000\u20110000\u20110"),
        row("figure dashes", "PRM\u20120000\u20120000\u20120"),
        row("en dashes", "PRM\u20130000\u20130000\u20130"),
        row("em dashes", "PRM\u20140000\u20140000\u20140"),
        row("minus signs", "PRM\u22120000\u22120000\u22120"),
        row("dashes with spaces", "PRM \u2013 0000 \u2013 0000 \u2013 0"),
        row("zero-width spaces", "PRM-\u200b0000-\u200b0000-0\u200b"),
        row("zero-width joiners", "PRM-00\u200d00-00\u200c00-0"),
        row("a byte order mark", "\ufeffPRM-0000-0000-0"),
        row("a soft hyphen", "PRM-0000\u00ad-0000-0"),
        row("a word joiner", "PRM-0000-\u20600000-0"),
        row("marks of direction", "\u202aPRM-0000-0000-0\u202c\u200e"),
        row("isolates", "\u2068PRM-0000-0000-0\u2069"),
        row("a full stop after it", "PRM-0000-0000-0."),
        row("a comma after it", "PRM-0000-0000-0,"),
        row("typographic quotes", "“PRM-0000-0000-0”"),
        row("guillemets", "«PRM-0000-0000-0»"),
        row("straight quotes", "'PRM-0000-0000-0'"),
        row("brackets", "(PRM-0000-0000-0)."),
        row("WhatsApp's bold", "*PRM-0000-0000-0*"),
        row("WhatsApp's italics", "_PRM-0000-0000-0_"),
        row("full-width letters and digits", "ＰＲＭ－００００－００００－０"),
        row("small full-width letters", "ｐｒｍ　００００　００００　０．"),
        row("all of it", "\ufeff „ｐｒｍ\u2011oooo\u00a0\u2013\u200b0000\u22120”. "),
    ],
)
def test_sloppy_typing_is_understood(typed: str) -> None:
    assert read_number(typed, "PRM") == "PRM-0000-0000-0"


UNSEEN = st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u00ad\ufeff\u2060\u202e\u2066\u2069")
SET_OTHERWISE = st.sampled_from("-\u2010\u2011\u2012\u2013\u2014\u2212 \u00a0\u202f\u2009\t\n")


@given(number=numbers, data=st.data())
def test_a_pasted_number_keeps_its_characters_and_their_check(
    number: str, data: st.DataObject
) -> None:
    dash, unseen = data.draw(SET_OTHERWISE), data.draw(UNSEEN)
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    pasted = unseen.join(number.lower()).replace("-", dash)

    assert read_number(pasted, number[:3]) == number
    assert read_number(number.translate(wide) + ".", number[:3]) == number
    assert prefix_of(pasted) == number[:3]


@given(number=numbers, instead_of_one=st.sampled_from("ILil"))
def test_letters_i_and_l_are_read_as_one(number: str, instead_of_one: str) -> None:
    assert read_number("PRM" + number[3:].replace("1", instead_of_one), "PRM") == number


@given(number=numbers, position=positions, wrong=st.sampled_from(ALPHABET))
def test_every_mistaken_character_is_noticed(number: str, position: int, wrong: str) -> None:
    assume(number[position] != wrong)
    mistyped = number[:position] + wrong + number[position + 1 :]

    with pytest.raises(MistypedNumber) as refusal:
        read_number(mistyped, "PRM")

    assert refusal.value.number == mistyped


@given(number=numbers, pair=neighbours)
def test_every_swap_of_neighbours_is_noticed_but_that_of_0_and_z(
    number: str, pair: tuple[int, int]
) -> None:
    left, right = number[pair[0]], number[pair[1]]
    assume(left != right and {left, right} != {"0", "Z"})  # Luhn can't tell 0Z from Z0
    swapped = list(number)
    swapped[pair[0]], swapped[pair[1]] = right, left

    with pytest.raises(MistypedNumber):
        read_number("".join(swapped), "PRM")


@pytest.mark.parametrize(
    "typed",
    [
        row("nothing", ""),
        row("only a prefix", "PRM-"),
        row("too short", "PRM-0000-000-0"),
        row("too long", "PRM-0000-0000-00"),
        row("a letter that is left out", "PRM-UUUU-UUUU-U"),
        row("the other prefix", "ADU-0000-0000-0"),
        row("no prefix", "0000-0000-0"),
        row("a dotless i", "PRM-ı000-0000-0"),
        row("digits of another script", "PRM-٠٠٠٠-٠٠٠٠-٠"),
        row("a control character", "PRM-0000\0-0000-0"),
        row("a full stop inside", "PRM-0000.0000-0"),
        row("a Cyrillic letter", "РRM-0000-0000-0"),
        row("a number lost in blanks", "PRM-0000-0000-0" + " " * 200),
        row("a long text", "PRM" * 10_000),
    ],
)
def test_text_that_is_no_number_is_malformed(typed: str) -> None:
    with pytest.raises(MalformedNumber):
        read_number(typed, "PRM")


def test_a_case_has_the_same_id_for_ever() -> None:
    assert case_id("PRM-0000-0000-0") == UUID("d78c820a-f56b-5cd0-95b1-4d95c1a49e7b")
