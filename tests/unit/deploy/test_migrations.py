"""The URL that dbmate is given: its driver insists on TLS unless told otherwise."""

import pytest

from deploy.migrations import _for_dbmate


@pytest.mark.parametrize(
    ("url", "for_dbmate"),
    [
        pytest.param(
            "postgresql://u:p@127.0.0.1:5432/db",
            "postgres://u:p@127.0.0.1:5432/db?sslmode=disable",
            id="this machine, nothing said",
        ),
        pytest.param(
            "postgres://u:p@db.example/db",
            "postgres://u:p@db.example/db?sslmode=require",
            id="another machine, nothing said",
        ),
        pytest.param(
            "postgres://u:p@db.example/db?sslmode=disable",
            "postgres://u:p@db.example/db?sslmode=disable",
            id="another machine, without TLS",
        ),
        pytest.param(
            "postgres://u:p@localhost/db?sslmode=verify-full&sslrootcert=ca.pem",
            "postgres://u:p@localhost/db?sslmode=verify-full&sslrootcert=ca.pem",
            id="this machine, with TLS",
        ),
        pytest.param(
            "postgres://u:p@db.example/db?sslmode=prefer",
            "postgres://u:p@db.example/db?sslmode=disable",
            id="prefer, which the driver doesn't know",
        ),
    ],
)
def test_a_url_says_what_its_caller_meant(url: str, for_dbmate: str) -> None:
    assert _for_dbmate(url) == for_dbmate
