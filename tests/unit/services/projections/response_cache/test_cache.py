"""Answers that are kept: how many, and in which coding each caller gets one."""

import pytest

from services.projections.response_cache.cache import (
    ACCEPT_ENCODING_BYTES_MAX,
    ACCEPT_ENCODINGS_MAX,
    CachedResponse,
    ResponseCache,
    cacheable_response,
    negotiate,
)
from shared.web.encodings import CODINGS, Coding

LONG = b"<p>Dari 25 permintaan, 24 diselesaikan tepat waktu.</p>" * 50


def rendered(body: bytes = LONG) -> CachedResponse:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    return cacheable_response([start, {"type": "http.response.body", "body": body}], "/")


def test_oldest_rendering_makes_room() -> None:
    page = rendered()
    keys = [("/", b"%d" % n) for n in range(3)]
    cache = ResponseCache(2 * (page.size + 1))

    for key in keys:
        cache.put(key, page)

    assert [cache.get(key) is not None for key in keys] == [False, True, True]
    assert cache.size_bytes == cache.bytes_max


@pytest.mark.parametrize(
    ("words", "coding"),
    [
        (b"gzip, deflate, br", "br"),
        (b"gzip", "gzip"),
        (b"br;q=0", "identity"),
        (b"", "identity"),
        (b"*", "br"),
    ],
)
def test_every_caller_gets_its_preferred_encoding_each_time(words: bytes, coding: Coding) -> None:
    page = rendered()

    for _ in range(2):
        head, body = negotiate(page, [(b"host", b"here"), (b"accept-encoding", words)])

        assert (head, body) == (page.encoded[coding].ok, page.encoded[coding].body)


def test_short_answer_is_sent_uncompressed_to_every_caller() -> None:
    short = rendered(b"short")

    for coding in CODINGS:
        head, body = negotiate(short, [(b"accept-encoding", coding.encode())])

        assert b"content-encoding" not in dict(head["headers"])
        assert body["body"] == b"short"


def test_varied_spellings_of_a_header_fill_no_memory() -> None:
    page = rendered()

    bodies = [
        negotiate(page, [(b"accept-encoding", b"gzip, %d" % each)])[1]
        for each in range(2 * ACCEPT_ENCODINGS_MAX)
    ]

    assert all(body is page.encoded["gzip"].body for body in bodies)
    assert len(page.by_accept_encoding) <= ACCEPT_ENCODINGS_MAX


def test_words_that_are_too_long_are_not_remembered() -> None:
    page = rendered()

    _, body = negotiate(page, [(b"accept-encoding", b"gzip," + b"x" * ACCEPT_ENCODING_BYTES_MAX)])

    assert body is page.encoded["gzip"].body
    assert page.by_accept_encoding == {}
