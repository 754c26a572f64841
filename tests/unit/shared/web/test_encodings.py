"""Compression follows Accept-Encoding, and no client gets a coding that it can't decode."""

import gzip

import brotli
import pytest

from shared.web.encodings import (
    CODINGS,
    COMPRESSED_FROM_BYTES,
    best_encoding,
    compressed_variants,
)

BODY = b"<p>Dari 25 permintaan, 24 diselesaikan tepat waktu.</p>" * 50


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        pytest.param("", "identity", id="nothing said"),
        pytest.param("gzip, deflate, br, zstd", "br", id="a browser over TLS"),
        pytest.param("gzip, deflate", "gzip", id="a browser without TLS"),
        pytest.param("x-gzip", "gzip", id="gzip by its old name"),
        pytest.param("GZip", "gzip", id="in capitals"),
        pytest.param("br;q=0.5, gzip;q=0.8", "gzip", id="gzip is wanted more"),
        pytest.param("br;q=0.5,gzip;q=0.5", "br", id="both alike"),
        pytest.param("gzip;q=0.5, identity", "identity", id="unpacked is wanted more"),
        pytest.param("gzip;q=0.001", "gzip", id="wanted a little"),
        pytest.param("gzip ; q=0", "identity", id="refused"),
        pytest.param("br;q=0, *", "gzip", id="anything but brotli"),
        pytest.param("*", "br", id="anything"),
        pytest.param("*;q=0", "identity", id="nothing at all"),
        pytest.param("identity;q=0", "identity", id="nothing that we have"),
        pytest.param("zstd, deflate", "identity", id="what we don't have"),
        pytest.param("gzip;q=many", "identity", id="not a number"),
        pytest.param("gzip;level=9;q=1.0", "gzip", id="with another parameter"),
        pytest.param("br;q=7, gzip", "br", id="more than everything"),
        pytest.param(", ,gzip,", "gzip", id="with empty parts"),
        pytest.param("x" * 200 + ", br", "br", id="very long"),
    ],
)
def test_the_caller_says_how_it_is_packed(accept_encoding: str, coding: str) -> None:
    assert best_encoding(CODINGS, accept_encoding.encode("latin-1")) == coding


def test_unpacked_it_is_the_same() -> None:
    packed = compressed_variants(BODY)

    assert packed["identity"] == BODY
    assert gzip.decompress(packed["gzip"]) == BODY
    assert brotli.decompress(packed["br"]) == BODY
    assert len(packed["br"]) < len(packed["gzip"]) < len(BODY) / 10


def test_packed_again_it_is_the_same() -> None:
    assert compressed_variants(BODY) == compressed_variants(BODY)


def test_short_answer_is_not_compressed() -> None:
    short = compressed_variants(b"x" * (COMPRESSED_FROM_BYTES - 1))

    assert list(short) == ["identity"]
    assert best_encoding(short, b"br") == "identity"
    assert best_encoding(compressed_variants(BODY), b"br") == "br"
