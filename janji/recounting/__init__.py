"""Recomputes the published figures of requests from `requests.csv`, and compares the two.

    python3 -m janji.recounting requests.csv --statistics "https://…/v1/public/statistics?period=2026"

This room needs only Python's standard library: no service of the office, and none of its code. The
office documents the columns in /datapackage.json and the counting on its page /en/method.

Read `table.py` (the rows), `count.py` (the figures), `comparison.py` (the comparison).
"""
