"""How events leave a service and reach those who follow it.

Read in this order: `envelope.py` (what the world sees of an event), `topology.py` (what stands on
the broker), `relay.py` (carrying the log there), `feed.py` (serving the log over HTTP),
`subscription.py` (following a source) and the two ways of it, `broker_subscription.py` and
`feed_subscription.py`. Nothing here knows what a request, a complaint or a deadline is.
"""
