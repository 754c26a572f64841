"""The public's HTML pages: the figures, the standard, the method, and where to complain.

Read `routes.py` (the addresses), `figures_snapshot.py` (one read), `figures_page.py` (all that is
made of it), `sentences.py` (the answer in words), `drawings/` (the same as drawings), `chooser.py`,
`facts.py`, `rules.py` with `examples.py` (the method), `complaint.py`; the texts are in `words.py`,
`fact_words.py`, `complaint_words.py` and `templates/`. No figure is computed here.
"""
