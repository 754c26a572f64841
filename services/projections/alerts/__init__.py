"""Alerts: events of this service's own log that tell of cases due soon or overdue.

Read `domain.py` (what an alert is), `process.py` (appends the missing ones), `published.py` (the
payload), `api.py` (the staff's list). Only here does this service write events.
"""
