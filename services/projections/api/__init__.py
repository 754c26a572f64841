"""The routes of data: JSON and CSV for the public and the staff.

Read `public.py` (figures), `history.py`, `releases.py`, `open_data.py`, `staff.py`; `schemas.py`
and its like describe the responses for OpenAPI; `downloads/` are the files. No SQL comes in.
"""
