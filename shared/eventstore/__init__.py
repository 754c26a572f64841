"""An append-only event log on PostgreSQL for the aggregates of the `eventsourcing` library.

It knows no service. In order of reading: `records` (what goes in and out), `reader` and `log`
(what can be asked of it), `migrations/202611240004_append_events_v1.sql` (the only way in),
`writer` and `waiting` (group commit), `codec` and `sealing` (personal data); `listener`, `chain`,
`retries` and `restoring` as needed. The events go on to `shared/messaging`.
"""
