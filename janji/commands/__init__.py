"""The commands of `janji`, a module each; `janji/cli.py` lists them all.

Each module parses its options, calls the room that does the work, and prints the result; errors go
through `failures.py`, and `case_numbers.py` reads a case number. No rule of the domain comes in.
"""
