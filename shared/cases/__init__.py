"""What requests and complaints share: the case, its receipt, its storage and what is published.

In order of reading: `case` and `void_reasons` (the rules of every case), `receipt` and `contact`
(the rules on what comes in), `repository` (load and append), `idempotent` (once for all repeats),
`payload` and `published_events` (the published form, and what followers know of it), `web` (HTTP
and pages). No rule of a single service may come in, and outside of `web` no HTTP.
"""
