"""How many cases? Counts by month of receipt, kept by adding and subtracting.

Read `keys.py` (what is counted), `tally.py` (writes the counts), `year_counts.py` (reads them),
`provisional.py` (counts that a decree may still change). No case is read here.
"""
