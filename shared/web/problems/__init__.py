"""Errors as problem details (RFC 9457), as JSON or as a page.

Read in this order: `problem_kinds.py` (the kinds), `problem.py` (one answer), `handlers.py` (which
exception becomes which problem), `validation.py` and `log_errors.py`, `pages.py`. The refusals of a
domain are mapped by its own service, not here.
"""
