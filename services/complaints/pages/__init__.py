"""The complainant's own pages: send a complaint, keep the receipt, follow it, act on it.

They ask the same use cases as `public_api.py` and refuse by the same rules; only the manners are
a page's. Order of reading: `routes.py` (what they stand on), `sending.py` and `following.py` (which
page answers what), `door.py` (what every posted form passes): `posted.py` (what it says),
`same_site.py` (who may post it), `limits.py` (how often); `again.py` (why it is shown again),
`site.py` (how a page is answered), `turn.py` and `story.py` (what the page of a complaint tells),
`words.py`.

How the secret goes along: as a hidden field of the forms on pages that nobody keeps. A cookie
would let the reader reload without a question, but it would also go along with every post to this
place, whoever caused it, and stay on a borrowed phone when the page is closed. What the body
carries no other site can send, for none knows it. It never stands in an address, and so in no
history, log or referrer.
"""
