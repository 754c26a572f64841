"""The local deployment: `make up` runs everything on one machine, without Docker or root.

Read `up.py` (the order of the start), then `supervisor.py` (it keeps programs running),
`postgres.py` and `broker.py` (the private servers), `services.py`, `home.py` (the files of an
installation) and `status.py`. No command of `janji` and no code of a service comes in.
"""
