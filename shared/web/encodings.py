"""How an answer is packed for its way over a bad line: brotli, gzip, or as it is.

Which one is the caller's to say (`Accept-Encoding`, RFC 9110, 12.5.3). Packing costs more than
sending, so it is done once for many callers: `packings` when the answer is made, `fitting` when it
is asked for.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

import brotli

Coding: TypeAlias = Literal["br", "gzip", "identity"]

CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")  # whoever wants several alike gets ours
ALIASES = {"x-gzip": "gzip"}
PACKED_FROM_BYTES = 512  # less fits into one packet either way
BROTLI_QUALITY = 5  # a page in 1 ms; the best quality takes 50 and saves a tenth
GZIP_LEVEL = 6


def packings(body: bytes) -> Mapping[Coding, bytes]:
    """The body in every coding that is worth it; always as it is. The same bytes every time."""
    if len(body) < PACKED_FROM_BYTES:
        return {"identity": body}
    return {
        "br": brotli.compress(body, quality=BROTLI_QUALITY),
        "gzip": gzip.compress(body, GZIP_LEVEL, mtime=0),
        "identity": body,
    }


def fitting(packed: Collection[Coding], accept_encoding: bytes) -> Coding:
    """Which of the packings the caller gets."""
    return negotiate(accept_encoding, packed)


def coding_headers(coding: Coding) -> dict[str, str]:
    """What says how the body is packed, and that another caller may get it packed otherwise."""
    said = {} if coding == "identity" else {"Content-Encoding": coding}
    return {"Vary": "Accept-Encoding", **said}


def negotiate(accept_encoding: bytes, packed: Collection[Coding] = CODINGS) -> Coding:
    """What the caller wants most of these, by the header as it came; as it is, if he says nothing
    or wants what we don't have."""
    wanted = dict(_parts(accept_encoding.decode("latin-1")))
    others = wanted.get("*", 0.0)
    # Packed only where that is asked for; as it is unless something is wanted more.
    quality: dict[Coding, float] = {
        "br": wanted.get("br", others),
        "gzip": wanted.get("gzip", others),
        "identity": wanted.get("identity", others),
    }
    offered = [coding for coding in CODINGS if coding in packed]
    best = max(offered, key=lambda coding: quality[coding])
    return best if quality[best] > 0 else "identity"


def _parts(accept_encoding: str) -> list[tuple[str, float]]:
    parts = []
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (each.strip() for each in part.split(";"))
        parts.append((ALIASES.get(coding, coding), _quality(parameters)))
    return parts


def _quality(parameters: list[str]) -> float:
    """Between 0 and 1; one that can't be read is a refusal."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            return min(float(value), 1.0) if value.replace(".", "", 1).isdecimal() else 0.0
    return 1.0
