"""Makes read models anew from the logs, beside the live ones, or verifies them.

Read `generation_builder.py`, `rebuild.py`, `verify.py`; `sources.py` names the feeds. Nothing here
answers a request.
"""
