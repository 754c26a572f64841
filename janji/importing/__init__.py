"""Import: years of history from an office's own spreadsheet, by the same rules as everything else.

In order of reading: `table.py` (a file as rows of cells), `rows.py` (a row, its cells checked),
`commands.py` with `request_commands.py` and `complaint_commands.py` (what a row does to a case),
`cases.py` (the rows of a case, driven through its aggregate), `numbers.py` (which case is which),
`reading.py` (a file as cases), `run.py` (all checked, then all appended), `logs.py` (into what),
`file.py` (one file from beginning to end). `demonstration.py` invents a year for
`janji up --demo`. From the logs the events go the way of every event.
"""
