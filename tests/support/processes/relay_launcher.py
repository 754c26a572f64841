"""Starts relay processes that a test stops and kills."""

from contextlib import AbstractAsyncContextManager

from tests.support.processes.child import Child, child


def relay_process(
    database_url: str, broker_url: str, *, dies_when: str | None = None, window: int = 1
) -> AbstractAsyncContextManager[Child]:
    """`dies_when`: published, confirmed, storing or stored, at its `window`-th window."""
    end = () if dies_when is None else (dies_when, str(window))
    return child("tests.support.processes.relay_process", database_url, broker_url, *end)
