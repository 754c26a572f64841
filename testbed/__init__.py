"""What tests and benchmarks both stand on: servers, databases, logs, and cases in every state.

Read `servers.py` with `server_lifetime.py` (the servers of a run), `databases.py` and `vhosts.py`
(a database and a vhost each), `event_logs.py`, `service_requests.py` and `complaints.py` (cases in
every state), `event_factory.py` with `projected.py` (read models), `surface.py` and `http.py` (HTTP
in this process), `office.py` (a whole installation). Nothing here imports `tests` or `benchmarks`,
and the product imports nothing of it.
"""
