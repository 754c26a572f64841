"""Whether a request of the public names this office in `Host`.

Behind a name of somebody else, a page would pass for theirs. Only what the public sees is checked:
other services and programs name this one as their network does.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.problems.problem import Problem, problem_response
from shared.web.problems.problem_kinds import MISDIRECTED
from shared.web.security.security_log import note_refusal

NOT_PUBLIC = ("/v1/", "/health", "/metrics")
PUBLIC_DATA = "/v1/public/"
KNOWN_MAX = 100  # ways to write them
MISNAMED = "janji.misnamed"  # in the scope of a request that names another host


class PublicHosts:
    """The names under which the public reaches this office.

    The first of `urls` is the service's own; while it isn't known, no name is refused.
    """

    def __init__(self, urls: Sequence[str | None]) -> None:
        is_known = bool(urls and urls[0])
        self._names = {urlsplit(url).hostname for url in urls if url} if is_known else set()
        self._known: dict[bytes, bool] = {}

    def is_misnamed(self, scope: Scope) -> bool:
        if not self._names or not _is_public(scope["path"]):
            return False
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        return len(hosts) != 1 or not self._is_known(hosts[0])

    def _is_known(self, host: bytes) -> bool:
        """Each of ours is read once; what is none isn't kept."""
        if host in self._known:
            return True
        try:
            name = urlsplit(f"//{host.decode('latin-1')}").hostname or ""
        except ValueError:
            return False
        if name not in self._names and not is_loopback(name):
            return False
        if len(self._known) < KNOWN_MAX:  # each with its port
            self._known[host] = True
        return True


def is_loopback(name: str) -> bool:
    """Whether it is this machine, of which no other can be the reader's."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _is_public(path: str) -> bool:
    return not path.startswith(NOT_PUBLIC) or path.startswith(PUBLIC_DATA)


class HostCheck:
    """In front of everything that is cached; what is refused goes to `observed`, which logs it."""

    def __init__(self, app: ASGIApp, observed: ASGIApp, hosts: PublicHosts) -> None:
        self._app = app
        self._observed = observed
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._hosts.is_misnamed(scope):
            scope[MISNAMED] = True
            await self._observed(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class MisnamedRefusal:
    """Refuses what `HostCheck` has marked."""

    def __init__(self, app: ASGIApp, service: FastAPI) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if MISNAMED not in scope:
            await self._app(scope, receive, send)
            return
        note_refusal(scope, "host")
        request = Request({**scope, "app": self._service})
        await problem_response(request, Problem(MISDIRECTED))(scope, receive, send)
