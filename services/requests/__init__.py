"""Requests of agencies: change, addition and password reset of official e-mail accounts.

In order of reading: `domain` (what may happen to a request, beside `status`, `letter` and
`refusals`), `application` (load, decide, append), `catalogue` (the commands, and what is published
of each event), `api` (HTTP, beside `bodies` and `problems`), `main` (wiring). No other service may
come in.
"""
