"""The roles that a token may carry; each command names the roles that may give it."""

from typing import Literal, get_args

Role = Literal["agency", "intake", "reviewer", "supervisor", "auditor", "subscriber"]
ROLES: tuple[Role, ...] = get_args(Role)
