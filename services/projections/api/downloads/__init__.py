"""Files of the public data: the workbook, and the requests case by case.

Read `workbook.py` with `workbook_sheets.py`, then `case_files_routes.py` with `case_files.py`.
Figures are read elsewhere.
"""
