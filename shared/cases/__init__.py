"""What requests and complaints share: the case, its receipt, its use cases and what is published.

In order of reading: `case` and `voiding` (the rules of every case), `receipt` and `contact` (the
rules on what comes in), `use_cases` (load, decide, append), `payload` (the published form), `web`
(HTTP and pages). No rule of a single service may come in, and outside of `web` no HTTP.
"""
