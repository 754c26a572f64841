"""The way to PostgreSQL: every connection of the product is made here, and none waits for ever.

Read `connection.py` (one connection, and its bounds), `pool.py` (several of them, lent), then
`errors.py` (what an error says of the call that failed). Other rooms open no connection; a test
keeps that.
"""
