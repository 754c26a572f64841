"""The benchmarks: figures of Janji beside a baseline, run by `python -m benchmarks [ONLY]`.

Read `harness.py` (how a figure is made), then one module a benchmark. They stand on the product and
on `testbed/`, never on `tests/`; nothing imports them.
"""
