"""Requests of agencies: change, addition and password reset of official e-mail accounts.

In order of reading: `domain` (what may happen to a request, beside `letter` and `refusals`),
`application` (load, decide, append), `published` (what the world sees), `api` (HTTP, beside
`bodies` and `problems`), `main` (wiring).
"""
