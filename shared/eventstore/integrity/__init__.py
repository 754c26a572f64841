"""Tamper evidence: the hash chain of a log, and the check of a whole log.

Read `chain.py` (the formula), then `checker.py`. Both only read; nothing here repairs a log.
"""
