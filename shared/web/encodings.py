"""Compression of responses for slow connections: brotli, gzip, or none (identity).

The client chooses by `Accept-Encoding` (RFC 9110, 12.5.3). Compressing costs more than sending, so
`compressed_variants` makes the variants once, and `best_encoding` picks one for each request.
"""

import gzip
from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

import brotli

Coding: TypeAlias = Literal["br", "gzip", "identity"]

CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")  # at equal quality the first wins
ALIASES = {"x-gzip": "gzip"}
COMPRESSED_FROM_BYTES = 512  # less fits into one packet either way
BROTLI_QUALITY = 5  # a page in 1 ms; the best quality takes 50 and saves a tenth
GZIP_LEVEL = 6


def compressed_variants(body: bytes) -> Mapping[Coding, bytes]:
    """The body in every coding worth having, always as identity. The bytes are reproducible."""
    if len(body) < COMPRESSED_FROM_BYTES:
        return {"identity": body}
    return {
        "br": brotli.compress(body, quality=BROTLI_QUALITY),
        "gzip": gzip.compress(body, GZIP_LEVEL, mtime=0),
        "identity": body,
    }


def best_encoding(variants: Collection[Coding], accept_encoding: bytes) -> Coding:
    """The client's preferred variant by the raw header; identity if none is acceptable."""
    wanted = dict(_parts(accept_encoding.decode("latin-1")))
    others = wanted.get("*", 0.0)
    # Compressed only on request; identity unless the client prefers another coding.
    quality: dict[Coding, float] = {
        "br": wanted.get("br", others),
        "gzip": wanted.get("gzip", others),
        "identity": wanted.get("identity", others),
    }
    offered = [coding for coding in CODINGS if coding in variants]
    best = max(offered, key=lambda coding: quality[coding])
    return best if quality[best] > 0 else "identity"


def coding_headers(coding: Coding) -> dict[str, str]:
    """The headers that name the coding, and that say that it depends on the request."""
    said = {} if coding == "identity" else {"Content-Encoding": coding}
    return {"Vary": "Accept-Encoding", **said}


def _parts(accept_encoding: str) -> list[tuple[str, float]]:
    parts = []
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (each.strip() for each in part.split(";"))
        parts.append((ALIASES.get(coding, coding), _quality(parameters)))
    return parts


def _quality(parameters: list[str]) -> float:
    """The quality between 0 and 1; an unreadable one counts as 0."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            return min(float(value), 1.0) if value.replace(".", "", 1).isdecimal() else 0.0
    return 1.0
