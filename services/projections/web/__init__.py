"""What `api/` and `page/` share of HTTP: parameters, cursors, responses, statistics of past days.

Read `query_params.py`, `responses.py`, `cursors.py`, `as_of_cache.py`. Neither a route nor an
HTML page comes in.
"""
