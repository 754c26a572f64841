"""What `make up` runs on one machine, with neither Docker nor root.

Read `up.py` (the order of things), then `supervisor.py` (what keeps them running), `postgres.py`
and `broker.py` (how the servers are found and driven), `services.py`, `home.py`, `status.py`.
"""
