"""Statements that take their time in the database."""

BRIEF = "select pg_sleep(0.1)"
LONG = "select pg_sleep(60)"
