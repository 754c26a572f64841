"""An append-only event log on PostgreSQL for the aggregates of the `eventsourcing` library.

Read `records.py` (its values), `reader.py` and `log.py` (its interface), `append/` (group commit)
with `migrations/202612030101_append_events_v2.sql` (the only way to write), `codec.py` and
`sealing.py` (personal data), `keys/` (the master key), `readings.py` (who read them), `integrity/`
(the hash chain); then `listener.py`, `retries.py`, `epochs.py`, `database.py` and
`snapshot_cache.py` as needed. From here
`shared/messaging` publishes the events. No service, case, promise, broker or HTTP comes in.
"""
