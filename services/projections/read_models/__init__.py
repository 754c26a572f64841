"""Tables that answer questions, a file a question, and the SQL that keeps and reads them.

Read `events.py` (what is read of an event), `cases.py` (where does a case stand?), `timelines.py`
(what happened to it?), `counts/` (how many?), `deadlines.py` (how do the further clocks stand?),
`statistics.py` (was the promise kept?), `history/` (what was known when, and why did it change?),
`releases/` (complaints in detail), `case_list.py` and `case_by_case.py` (which cases?). `batch.py`
applies a batch of events to all of them, in the transaction that moves the source's checkpoint.
Neither HTTP nor the way in which events arrive comes in.
"""
