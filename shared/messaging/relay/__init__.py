"""The relay: it publishes a service's log on the broker, at least once and in order.

Read `relay.py` (sessions), `decisions.py` (what to do next, pure), `leadership.py` (which process
may), `session.py` (the steps, done), `publisher.py` (frames and confirms), `published_last.py`
(what the broker still knows), `refusals.py` (which queue refuses), `health.py` (its report). Only
log, envelope, topology and broker connection come in; nothing of a follower does.
"""
