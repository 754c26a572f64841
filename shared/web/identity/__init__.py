"""Authentication: who calls, by OIDC access token, and in which roles.

Read in this order: `roles.py`, `tokens.py` (verification and dependencies), `keys.py` (the issuer's
keys), `me.py`. What a role may do stands with each command, not here.
"""
