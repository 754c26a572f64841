"""What the events say, as tables that answer questions: one file a question.

In order of reading: `events.py` (what is read of an event), `cases.py` (where does a case
stand?), `timelines.py` (what happened to it?), `tally.py` (how many?), `deadlines.py`
(how do the further clocks stand?), `statistics.py` (was the promise kept?); `history.py`,
`reasons.py` and `known.py` (what was known when, and why did it change?); `releases.py` with
`release_dates.py`, `merging.py` and `disclosure.py` (of complaints in detail, without telling on
anybody); `case_by_case.py` (each request by itself).
`batch.py` brings a batch of events into all of them; the consumer calls it in the transaction
that moves the source's position. `staff_api.py`, `public_api.py` and `page/` ask the questions.
"""
