"""The figures as drawings, computed as percentages of the drawing's size.

Read `bar.py`, `histogram.py`, `months.py`, `breakdown.py`, then `labels.py` and `captions.py`;
`service_drawings.py` puts them together. Neither HTML nor SQL comes in.
"""
