"""The shell of every HTML page: one style, two languages, no script, nothing from other origins.

Read in this order: `shell.py` (how a page is rendered), `templates/base.html` (its frame),
`janji.css`, `formatting.py` (numbers and dates), `words.py`, `html.py`. The content of a page
stands with the service that shows it.
"""
