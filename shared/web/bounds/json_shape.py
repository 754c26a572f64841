"""How much a JSON body may hold, told from its bytes before it is read.

A validator makes an error for each unknown member before any is used: 95,000 of them held the
event loop for seconds. And a deeply nested body exhausts the stack of whoever reads it.
"""

import re
from typing import Literal

MEMBERS_MAX = 2_000  # and elements; the largest command has some hundred
DEPTH_MAX = 32  # the deepest one has three levels

STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
OPENING = (b"[", b"{")

Excess = Literal["too_many_members", "too_deep"]


def excess(body: bytes) -> Excess | None:
    """What it has too much of, if anything. A small body costs nothing."""
    if _members(body) <= MEMBERS_MAX and sum(map(body.count, OPENING)) <= DEPTH_MAX:
        return None
    if b"\0" not in body:  # in UTF-16 a quotation mark may be half a character
        body = STRING.sub(b"", body)
    if _depth(body) > DEPTH_MAX:
        return "too_deep"
    return "too_many_members" if _members(body) > MEMBERS_MAX else None


def _members(body: bytes) -> int:
    """At most so many."""
    return body.count(b",") + sum(map(body.count, OPENING))


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for bracket in BRACKET.findall(body):
        depth += 1 if bracket in OPENING else -1
        deepest = max(deepest, depth)
    return deepest
