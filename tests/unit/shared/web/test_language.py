"""Indonesian is the default, English on request."""

import pytest

from shared.web.language import Language, preferred


@pytest.mark.parametrize(
    ("accept_language", "spoken"),
    [
        pytest.param(None, "id", id="nobody asks"),
        pytest.param("", "id", id="asks for nothing"),
        pytest.param("en", "en", id="English"),
        pytest.param("en-GB,en;q=0.9", "en", id="a region's English"),
        pytest.param("id,en;q=0.9", "id", id="Indonesian first"),
        pytest.param("en;q=0.5,id;q=0.8", "id", id="the larger weight wins"),
        pytest.param("de,en;q=0.3", "en", id="English is better than none"),
        pytest.param("de,fr", "id", id="neither"),
        pytest.param("*", "id", id="anything"),
        pytest.param("en;q=0", "id", id="English refused"),
        pytest.param("en;q=x,,;;=,", "id", id="nonsense"),
    ],
)
def test_the_language_is_the_one_asked_for(accept_language: str | None, spoken: Language) -> None:
    assert preferred(accept_language) == spoken
