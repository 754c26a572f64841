"""The complainant's own pages: send a complaint, keep the receipt, follow it, act on it.

They call the same use cases as `public_api.py` and refuse by the same rules; only the presentation
is a page's. Read in this order: `routes.py` (the wiring), `sending.py` and `following.py` (which
page answers what), `form_guard.py` (the checks of every posted form) with `form_bodies.py`,
`same_site.py`; `form_rejected.py` (why a form is shown again), `responder.py` (how a page is
rendered), `status_banner.py` and `timeline.py` (what the page of a complaint shows), `words.py`.
No rule of complaints may come in.

The secret travels as a hidden field of the forms, on pages that are not cached. A cookie would
survive a reload, but the browser would also send it with every cross-site post, and it would stay
on a borrowed phone after the page is closed. Another site can't send a hidden field whose value it
doesn't know. The secret never stands in a URL, and so in no history, log or referrer.
"""
