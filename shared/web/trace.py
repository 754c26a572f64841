"""The trace of a request: the caller's W3C `traceparent`, or a new one."""

import os
import re
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

SHAPE = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
KEY = "janji.traceparent"

current_trace_id: ContextVar[str] = ContextVar("trace_id")
"""The trace of the request that is being answered, for its log lines."""


def accepted(header: str | None) -> str:
    """The caller's traceparent if it is one of version 00, else a new one, not sampled."""
    if header is not None and SHAPE.fullmatch(header):
        return header
    made = os.urandom(24).hex()
    return f"00-{made[:32]}-{made[32:]}-00"


def traceparent(scope: MutableMapping[str, Any]) -> str:
    """The traceparent of this request, made on first use."""
    found = scope.get(KEY)
    if found is None:
        found = scope[KEY] = accepted(_header(scope))
    assert isinstance(found, str)
    return found


def trace_id(scope: MutableMapping[str, Any]) -> str:
    return traceparent(scope)[3:35]


def _header(scope: MutableMapping[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            assert isinstance(value, bytes)
            return value.decode("latin-1")
    return None
