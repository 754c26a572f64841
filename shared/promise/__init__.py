"""The office's promise, pure: what it promises, on which days it works, and how that is reckoned.

It stands on the standard library alone. The data files are read once, at start; nothing here
asks what time it is. Read in this order:

1. `standard.py`: the service standard, and `data/`, where its facts stand;
2. `working_days.py`: the calendar, out of `calendar_year.py`, a year with all its versions, and
   `amending.py`, what a new version may say;
3. `counted_days.py`: which days of a case count;
4. `sla_clock.py`: the clock of one case, from its receipt to its end, and `reading.py`, what it
   says on a day;
5. `further_clocks.py`: the deadlines that run beside it, as `clock_definition.py` defines them;
6. `case_number.py`, `refusals.py`: what a case is called, and how a rule says no;
7. `data_file.py`: how a wrong file is refused.

Next: `shared/cases/case.py`, the aggregate that carries such a clock.
"""
