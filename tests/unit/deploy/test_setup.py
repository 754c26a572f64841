"""What setup asks for: a password for each owner and each application, by variable or by file."""

import pytest

from deploy.databases import SERVICES
from deploy.setup import SetupSettings
from shared.runtime.settings import WrongSettings, read


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANJI_POSTGRES_URL", "postgres://postgres:secret@127.0.0.1/postgres")
    for service in SERVICES:
        monkeypatch.setenv(f"JANJI_{service.upper()}_PASSWORD", f"app of {service}")
        monkeypatch.setenv(f"JANJI_{service.upper()}_OWNER_PASSWORD", f"owner of {service}")


def test_owners_have_a_password_each() -> None:
    given = read(SetupSettings)

    assert {given.passwords(each).owner for each in SERVICES} == {
        f"owner of {each}" for each in SERVICES
    }


def test_owner_without_a_password_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JANJI_COMPLAINTS_OWNER_PASSWORD")

    with pytest.raises(WrongSettings, match="JANJI_COMPLAINTS_OWNER_PASSWORD: is not set"):
        read(SetupSettings)


def test_shared_password_of_earlier_releases_is_taken_where_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JANJI_OWNER_PASSWORD", "shared")
    monkeypatch.delenv("JANJI_COMPLAINTS_OWNER_PASSWORD")

    given = read(SetupSettings)

    assert given.passwords("complaints").owner == "shared"
    assert given.passwords("requests").owner == "owner of requests"
