"""The library that all services share: the promise, the cases, and the machinery below them.

Read in this order: the ground modules `text.py`, `office_time.py`, `pasted_text.py`, `refusals.py`
and `event_names.py`; `promise/`; `eventstore/`, `messaging/`, `web/`; `runtime/`; `staff/`,
`cases/`, `calendars/`. No service may come in; the layers stand in `pyproject.toml`.
"""
