"""The roles that a token may carry; what each may do stands with each command."""

from typing import Literal, get_args

Role = Literal["agency", "intake", "reviewer", "supervisor", "auditor", "subscriber"]
ROLES: tuple[Role, ...] = get_args(Role)
