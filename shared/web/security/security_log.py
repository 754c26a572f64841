"""The security log: a line for each request that was refused, counted by its reason.

A line says the reason, the route, the caller's `sub` or none, the client's network and the trace;
nothing of what was sent. An alarm is set on `janji_requests_refused_total`.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter

from shared.web.security.client_network import network_of
from shared.web.trace import trace_id

SUB = "janji.sub"  # in the scope of a request whose token was verified
REFUSAL = "janji.refusal"  # in the scope of a refused request: the reason, and more about it

# The reason of a response with this status, where `note_refusal` names no other.
OF_STATUS: Mapping[int, str] = {
    400: "malformed",
    401: "no_token",
    403: "forbidden",
    413: "body_too_large",
    415: "media_type",
    422: "invalid",
    429: "too_often",
}
NOTED = (
    "invalid_token",
    "wrong_secret",
    "another_site",
    "filled_by_a_program",
    "too_many_members",
    "host",
)

log = structlog.get_logger()


def note_refusal(scope: MutableMapping[str, Any], reason: str, detail: str = "") -> None:
    """Name the reason of the refusal of this request; the first one counts.

    `reason` is a label of a metric, so one of a few; `detail` holds nothing that was sent.
    """
    scope.setdefault(REFUSAL, (reason, detail))


class SecurityLog:
    """Counts and writes what was refused; `proxies` is the number of our own proxies in front."""

    def __init__(self, registry: CollectorRegistry, *, proxies: int = 0) -> None:
        self._proxies = proxies
        self._refused = Counter(
            "janji_requests_refused",
            "Requests refused, by reason: a rise of one is an attack, or a client that is broken",
            ("reason",),
            registry=registry,
        )
        for reason in (*OF_STATUS.values(), *NOTED):
            self._refused.labels(reason)

    def answered(
        self, scope: MutableMapping[str, Any], *, method: str, route: str, status: int
    ) -> None:
        """Write the line if the response was a refusal, by its status or by what was noted."""
        noted = scope.get(REFUSAL)
        if noted is None and status not in OF_STATUS:
            return
        reason, detail = noted or (OF_STATUS[status], "")
        self._refused.labels(reason).inc()
        log.info(
            "refused",
            reason=reason,
            **({"detail": detail} if detail else {}),
            method=method,
            route=route,
            status=status,
            sub=scope.get(SUB),
            network=network_of(scope, self._proxies),
            trace_id=trace_id(scope),
        )
