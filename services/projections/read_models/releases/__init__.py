"""Complaints in detail, released at fixed instants so that no complainant can be recognised.

Read `dates.py` and `imports.py` (when), `releases.py` (what), `merging.py` and `disclosure.py`
(which rows are safe), `figures.py` (days, further clocks, ratings). No live figure comes in.
"""
