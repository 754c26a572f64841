"""What the public reads: was the promise kept, what is it, and how is it counted.

Order of reading: `routes.py` (the addresses), `figures_page.py` (one snapshot, and all that is made
of it), `sentences.py` (the answer in words), `bar.py`, `histogram.py` and `months.py` (the same as
drawings), `chooser.py`, `facts.py`, `rules.py` with `examples.py` (the method), `words.py` (every
text, side by side), `templates/`.
"""
