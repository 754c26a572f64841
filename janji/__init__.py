"""The command line `janji`, for operators and for third parties that recount the figures.

Read `cli.py`, then `commands/` (a module a command), `installation.py` (the read models and logs
that they work on), `importing/` and `recounting/`. It may import services and `deploy`; no other
package of the product may import it.
"""
