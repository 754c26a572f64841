"""Makes the published figures of requests again from `requests.csv`, and compares the two.

    python3 -m janji.recounting requests.csv --statistics "https://…/v1/public/statistics?period=2026"

This folder stands on nothing but Python: nothing of the office need run, and none of its code is
used. What the columns mean is said in the office's /datapackage.json, how cases are counted on its
page /en/method.

In order of reading: `table.py` (the rows), `count.py` (the figures), `comparison.py`.
"""
