"""The shell of every HTML page: one look, two languages, no script, nothing from elsewhere.

Order of reading: `shell.py` (how a page is made), `templates/base.html` (what surrounds it),
`janji.css` (how it looks), `figures.py` (how numbers and dates are written), `words.py`.
"""
