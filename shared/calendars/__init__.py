"""Calendars amended at run time: how each service learns of a new version and applies it.

Each service keeps the amended years in its own database, shared by all its replicas. Read in this
order:

1. `migrations/`: the two tables, the years and the sweeps;
2. `store.py`: reading and writing them;
3. `in_force.py`: a process switches to the calendar in force without a restart;
4. `sweep.py`: a service re-evaluates its open cases, once for each version.

No rule of counting may come in: those stand in `shared/promise`.
Next: `janji calendar apply`, which brings a new version to all services.
"""
