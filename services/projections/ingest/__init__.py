"""Applies the events of the sources to the read models, in order, each exactly once.

Read `follower.py` (the loop), `ordering.py` (which event is next), `feed_reader.py`, `projector.py`
(one batch, one transaction) and `quarantine.py` (events that can't be applied). What an event means
doesn't come in: read models do that, behind a protocol.
"""
