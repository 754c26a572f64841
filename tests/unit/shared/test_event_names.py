"""The names of this office's events, read back as they were made."""

import pytest

from shared.event_names import event_name, event_type, source_name, source_uri


def test_names_are_read_back_out_of_source_and_type() -> None:
    assert source_name(source_uri("requests")) == "requests"
    assert event_name(event_type("requests.submitted.v1")) == "submitted"


@pytest.mark.parametrize("foreign", ["com.example.created", "id.go.kalbarprov.diskominfo.x", ""])
def test_a_foreign_type_is_refused(foreign: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        event_name(foreign)
