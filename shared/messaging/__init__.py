"""How events leave a service and reach its followers: the relay, the feed, and subscriptions.

Read `envelope.py` (the CloudEvent of a stored event), `topology.py` (exchange and queues),
`relay/` (log to broker), `feed.py` (the log over HTTP) with `feed_client.py`, then
`subscription.py` (how a follower receives a source) and its two implementations,
`broker_subscription.py` (over `connection.py`) and `feed_subscription.py`. It stands on
`shared/eventstore` and `shared/event_names.py`. Cases, the promise, pages and services stay out.
"""
