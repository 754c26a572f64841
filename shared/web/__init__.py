"""What every HTTP app of Janji has in common.

Read in this order: `app.py` (what an app is made of), `identity/` (who calls), `commands.py` and
`command_route.py` (how a command is read), `fields.py` (the types of a body), `problems/` (how
errors are answered), `page/` (the shell of all pages), `admission.py` (who is let in),
`security/` (who is refused), `middleware.py`, `health.py`, `openapi.py` and `docs.py`. Promise,
cases, staff and calendars may not come in: `main.py` passes what it needs.
"""
