"""Logs: one JSON object a line, with the request's trace id and without personal text."""

import json
import subprocess
import sys
from typing import Any

import pytest

LOGGING = """
import logging, structlog, warnings
from shared.runtime.telemetry import configure_logs
from shared.web.trace import current_trace_id
configure_logs("trial")
def fail(): raise ValueError("Siti 0812")
log = structlog.get_logger()
"""


def logged(code: str) -> list[dict[str, Any]]:
    """What a process of its own logs: the configuration is the whole process's."""
    done = subprocess.run(
        [sys.executable, "-c", LOGGING + code], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_is_one_json_object_with_service_level_and_time() -> None:
    (line,) = logged('log.info("ready", port=8000)')

    assert line["event"] == "ready"
    assert line["service"] == "trial"
    assert line["level"] == "info"
    assert line["port"] == 8000
    assert line["timestamp"].endswith("Z")


def test_the_lines_of_a_request_carry_its_trace() -> None:
    before, during = logged('log.info("a"); current_trace_id.set("f" * 32); log.info("b")')

    assert "trace_id" not in before
    assert during["trace_id"] == "f" * 32


@pytest.mark.parametrize(
    "code",
    [
        'try: fail()\nexcept ValueError as error: log.error("died", exc_info=error)',
        'try: fail()\nexcept ValueError: log.exception("died")',
        'try: fail()\nexcept ValueError: logging.getLogger("asyncio").exception("died")',
    ],
    ids=["given", "current", "a library's"],
)
def test_an_exception_is_told_by_type_and_place_never_by_message(code: str) -> None:
    (line,) = logged(code)

    assert line["event"] == "died"
    assert line["error"] == "ValueError"
    assert "fail" in line["places"][0]
    assert "Siti" not in json.dumps(line)


def test_libraries_take_the_same_shape_from_warnings_on() -> None:
    lines = logged(
        'logging.getLogger("aio_pika").info("chatter")\n'
        'logging.getLogger("aio_pika").warning("gone")\n'
        'logging.getLogger("shared.messaging").info("ours")\n'
        'warnings.warn("old")'
    )

    assert [line["event"] for line in lines[:2]] == ["gone", "ours"]
    assert "old" in lines[2]["event"]
    assert all(line["service"] == "trial" for line in lines)
