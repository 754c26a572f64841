"""Group commit: the appends that wait are written in one call, one transaction, one fsync.

Read `command_append.py` (one command's append and its outcome), `pending.py` (the queue), then
`writer.py` (the calls, and what follows an error). Only `writer.py` knows the database; loading
and reading stay outside.
"""
