"""The staff list: who handles cases in this office, as their verified tokens name them.

Each service keeps the list in its own database (`migrations/`), shared by all its replicas;
`store.py` reads and writes it. Names stand only here: events hold a pseudonym (`sub`). The room
knows the database alone, neither cases nor HTTP.
Next: `shared/web/identity/tokens.py`, which reports each verified token, and
`shared/cases/web/office_routes.py`, which shows the list.
"""
