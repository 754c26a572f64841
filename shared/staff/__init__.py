"""Who handles cases in this office: known by the tokens that were shown to a service.

Each service keeps the list in its own database (`migrations/`), where all its replicas find it;
`store.py` reads and writes it. Names stand here and nowhere else: events know a pseudonym (`sub`).
Next: `shared/web/identity/tokens.py`, which tells of every token, and
`shared/cases/web/office_routes.py`, which shows the list.
"""
