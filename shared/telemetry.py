"""Logs and metrics: what operators see. No line and no label ever holds personal data.

Logs are one JSON object a line on stderr (coloured text on a terminal), with the trace of the
request that they belong to.
"""

import logging
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from structlog.types import EventDict, Processor

trace_id: ContextVar[str] = ContextVar("trace_id")


def configure_logs(service: str, *, level: int = logging.INFO) -> None:
    """Called once, by main.py. The lines of libraries, from warnings on, take the same shape."""

    def with_origin(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        found = trace_id.get(None)
        if found is not None:
            event["trace_id"] = found
        return event

    shared: Sequence[Processor] = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_origin,
    )
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[*shared, structlog.dev.ConsoleRenderer() if on_terminal else _json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
        if on_terminal
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(shared, structlog.dev.ConsoleRenderer() if on_terminal else _json_text)


def _configure_libraries(shared: Sequence[Processor], render: Processor) -> None:
    """The standard library's logging, and Python's own warnings by it."""
    handler = logging.StreamHandler(sys.stderr)
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[without_meta, render]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def _json(_logger: Any, _method: str, event: EventDict) -> bytes:
    return msgspec.json.encode(event, enc_hook=repr)


def _json_text(logger: Any, method: str, event: EventDict) -> str:
    return _json(logger, method, event).decode()


def new_registry() -> CollectorRegistry:
    """The metrics of one app, the process's own among them."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
