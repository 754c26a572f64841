"""The office's promise, pure: what it promises, on which days it works, and how days are counted.

It needs only the standard library and the ground modules of `shared/`. The data files are read
once, at start; nothing here reads a clock. Read in this order:

1. `standard.py`: the service standard, whose facts stand in `data/`, and `legal_basis.py`;
2. `working_days.py`: the calendar, built of `calendar_year.py` (a year with all its versions) and
   `amending.py` (what a new version may change);
3. `counted_days.py`: which days of a case count;
4. `sla_clock.py`: the clock of one case, from its receipt to its end, and `reading.py`, its state
   on a day;
5. `further_clocks.py`: the deadlines that run beside it, as `clock_definition.py` defines them;
6. `case_number.py`: the number of a case; `agencies.py`: the register of agencies;
7. `data_file.py`: how an invalid file is refused.

Next: `shared/cases/case.py`, the aggregate that holds such a clock.
"""
