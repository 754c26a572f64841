"""What was known when? Changes of the counts by day, and the figures derived from them.

Read `reasons.py`, `count_history.py`, `clock_history.py` (they write), `known_counts.py`,
`as_of.py`, `revisions.py` (they read). Complaints in detail don't come in: they are released.
"""
