"""A calendar that is amended while the services run: how each learns of it, and what it then does.

Each service keeps the amended years in its own database, where all its replicas find them. Read in
this order:

1. `migrations/`: the two tables, the years and the sweeps;
2. `store.py`: reading and writing them;
3. `in_force.py`: a process takes over the calendar that is in force, without a restart;
4. `sweep.py`: a service goes through its open cases, once for each version.

Next: `janji calendar apply`, which brings a new version to all services.
"""
