"""The life of the master key: which one a log is under, and how the next one takes over.

Read `keyring.py` (what the keys do), `master_keys.py` (the log refuses another key) and
`rotation.py` (`janji keys rotate`). What they seal: `sealing.py`.
"""
