"""Complaints of anybody: received, classified, answered, and closed after a silence.

In order of reading: `domain` (what may happen to a complaint, beside `status`, `intake` and
`refusals`), `application` (load, decide, append), `catalogue` (the commands, and what is published
of each event), `api` (HTTP for the office) and `public_api` (for the complainant, beside
`tracking`), both beside `bodies` and `problems`, `closing` (the task that closes what met silence),
`pages` (the public's forms), `main` (wiring). No other service may come in.
"""
