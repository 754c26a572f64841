"""How much strangers may send: one limit for pages and API, shared by all replicas.

Read `rates.py` (how much), `migrations/202612060211_allowances.sql` (how it is counted), then
`public_limit.py` (who asks). It replaces a CAPTCHA, which keeps out people who see badly.
"""
