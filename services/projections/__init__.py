"""The projection service: the events of all cases as figures, for the public and the staff.

Read `ingest/` (an event arrives and is applied), `read_models/` (what it changes), `store/`
(generations and checkpoints), `replay/` (all of it anew), then `web/`, `api/` and `page/` (the
questions and answers), `response_cache/`, and `alerts/` (the only events of this service's own).
`main.py` wires them. No rule of a service comes in here: events carry what the figures need.
"""
