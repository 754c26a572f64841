"""Who is refused, and from which network: what an operator's alarm stands on.

Read `client_network.py`, then `security_log.py`. Whoever refuses a request names the reason with
`note_refusal`; `shared/web/middleware.py` writes the line when the response has been sent.
"""
