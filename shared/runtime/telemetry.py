"""Logs and metrics for operators. No line and no label holds personal data.

Logs are one JSON object a line on stderr (coloured text on a terminal), with the trace id of their
request. An exception is logged by type and places in the code, never by its message, which may hold
what a person wrote.
"""

import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from structlog.types import EventDict, Processor

from shared.web.trace import current_trace_id

PLACES_MAX = 8
OURS = ("shared", "services", "janji")


def configure_logs(service: str, *, level: int = logging.INFO) -> None:
    """main.py calls this once. Log lines of libraries, from warnings on, get the same form."""

    def with_origin(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        found = current_trace_id.get(None)
        if found is not None:
            event["trace_id"] = found
        return event

    shared: Sequence[Processor] = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_origin,
        _without_message,
    )
    render: Processor = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else _json
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(shared, render, level)


def _configure_libraries(shared: Sequence[Processor], render: Processor, level: int) -> None:
    """Configures the standard library's logging, which Python's warnings go through."""
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[without_meta, render]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def _without_message(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replaces an exception by its type and its places in the code."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else sys.exception() if found is True else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = places(error)
    return event


def places(error: BaseException) -> list[str]:
    """The lines of the traceback, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _json(_logger: Any, _method: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def new_registry() -> CollectorRegistry:
    """A registry with the metrics of the process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
