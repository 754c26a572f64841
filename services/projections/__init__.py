"""The projection service: what happened to all cases, as figures that anybody may look at.

In order of reading: `consumer.py` (an event comes in), `ordering.py` (is it the next one?),
`applying.py` (one batch, one transaction), `quarantine.py` (when it can't be applied),
`read_models/` (what it does to the figures); `generations.py`, `filling.py`, `rebuild.py` and
`verify.py` (all of it anew, and whether it is the same); `positions.py` and `condition.py` (how
far, how well); `public_api.py`, `staff_api.py` and `page/` (who asks); `watch.py`, `rendered.py`
and `shelf.py` (an answer is rendered once for all who ask). `main.py` puts it together.
"""
