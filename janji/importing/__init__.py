"""The import of years of history from an office's spreadsheet, by the rules of every command.

Read `table.py` (a file as rows of cells), `rows.py` (a row with checked cells),
`imported_commands.py` with `request_commands.py` and `complaint_commands.py` (the command of a
row), `cases.py` (the rows of a case, applied to its aggregate), `numbers.py` (the number of a
case), `parsed_file.py` (a file as cases), `run.py` (all checked, then all appended), `logs.py` (the
logs to append to), `import_file.py` (one file from beginning to end) and `release_wait.py`.
`sample_year.py` makes up a year for `janji up --demo`. The relays publish the appended events like
any other. No HTTP comes in.
"""
