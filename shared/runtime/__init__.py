"""What makes a service one running process: settings, logs, metrics, health, event source, server.

Read in this order: `settings.py`, `server.py` (start and shutdown), `event_source.py` (a service's
log, relay and feed), `verifier.py`, `telemetry.py` and `health.py`; `exception_groups.py` is a
tool. It wires the log, messages and HTTP; promise, cases, staff and calendars may not come in.
"""
