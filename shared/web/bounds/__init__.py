"""What a stranger may take of a server, before any route is asked.

Read `connections.py` (how many, and how long they may wait), `protocol.py` (one connection),
`refusals.py` (what is refused is counted and logged). No route comes in.
"""
