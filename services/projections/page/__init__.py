"""What the public reads: was the promise kept, what is it, and how is it counted.

Order of reading: `routes.py` (the addresses), `sentences.py` (the answer in words), `bar.py` (the
same as a picture), `words.py` and `rules.py` (every text, side by side), `templates/`.
"""
