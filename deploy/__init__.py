"""Deployment: databases, broker accounts and secrets, and the local installation of `janji up`.

Read `databases.py` with `migrations.py`, `accounts.py`, then `local/` (one machine), `setup.py` (an
operator's servers) and `first_env.py` (Docker Compose). It knows no command of `janji` and imports
no service; `shared` gives it settings and topology.
"""
