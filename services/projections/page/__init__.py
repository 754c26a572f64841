"""What the public reads: was the promise kept, what is it, and how is it counted.

Order of reading: `routes.py` (the addresses), `figures_page.py` (one snapshot, and all that is made
of it), `sentences.py` (the answer in words), `drawings.py` with `bar.py`, `histogram.py`,
`months.py` and `breakdown.py` (the same as drawings), `captions.py` and `labels.py` (what stands
beside and above them), `chooser.py`, `facts.py`, `rules.py` with `examples.py` (the method),
`words.py` and `fact_words.py` (every text, side by side), `templates/`.
"""
