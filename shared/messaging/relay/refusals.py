"""Which queue holds up the relay, as the broker's management API tells it.

A refused or unconfirmed publish doesn't say which of the bound queues is to blame. Whoever may
declare queues (no user of ours but the administrator) can bind one that refuses what it can't
hold, or that has lost its leader. This finds it, so that health and a metric name it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import structlog
from yarl import URL

from shared.messaging.topology import EXCHANGE

ANSWER_SECONDS_MAX = 3.0

_WITHOUT_LEADER = ("down", "minority", "crashed", "stopped", "terminated")
_LIMITS = (("max-length", "messages"), ("max-length-bytes", "message_bytes"))

_logger = structlog.get_logger(__name__)


async def refusing_queues(management_url: str, broker_url: str) -> Sequence[str]:
    """The queues on the exchange that refuse or can't confirm; none if the API doesn't tell."""
    if not management_url:
        return ()
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            return await _Vhost(session, management_url, broker_url).refusing()
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
        reason = str(error) or type(error).__name__  # its repr has the password in it
        _logger.warning("the management API doesn't tell which queue refuses", reason=reason)
        return ()


class _Vhost:
    """The broker's vhost, as the management API describes it."""

    def __init__(
        self, session: aiohttp.ClientSession, management_url: str, broker_url: str
    ) -> None:
        self._session = session
        self._api = URL(management_url) / "api"
        self._name = quote(URL(broker_url).path.removeprefix("/") or "/", safe="")

    async def refusing(self) -> Sequence[str]:
        bindings = await self._get(f"exchanges/{self._name}/{EXCHANGE}/bindings/source")
        bound = {each["destination"] for each in bindings}
        queues = await self._get(f"queues/{self._name}")
        return [
            each["name"]
            for each in queues
            if each["name"] in bound and (refuses(each) or await self._has_no_leader(each))
        ]

    async def _has_no_leader(self, queue: Mapping[str, Any]) -> bool:
        """4.x lists the last leader of a queue, be it dead; 3.10 doesn't, and has no such page."""
        if queue.get("type") != "quorum":
            return False
        name = quote(queue["name"], safe="")
        try:
            members = await self._get(f"queues/quorum/{self._name}/{name}/status")
        except aiohttp.ClientResponseError:
            return False
        return all(each.get("Raft State") != "leader" for each in members)

    async def _get(self, path: str) -> Sequence[Mapping[str, Any]]:
        async with self._session.get(self._api.joinpath(path, encoded=True)) as response:
            response.raise_for_status()
            return msgspec.json.decode(await response.read(), type=list[dict[str, Any]])


def refuses(queue: Mapping[str, Any]) -> bool:
    """Whether this queue, as the API describes it, has no leader, or is full and rejects."""
    members, online = queue.get("members"), queue.get("online")
    if queue.get("state") in _WITHOUT_LEADER:
        return True
    if members and online is not None and 2 * len(online) <= len(members):
        return True
    rules = dict(_rules(queue))
    return str(rules.get("overflow", "")).startswith("reject-publish") and any(
        # Figures are some seconds old, or not there yet.
        limit in rules and queue.get(count, rules[limit]) >= rules[limit]
        for limit, count in _LIMITS
    )


def _rules(queue: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What holds for it: by policy, and by its arguments."""
    yield from (queue.get("effective_policy_definition") or {}).items()
    for name, value in (queue.get("arguments") or {}).items():
        yield name.removeprefix("x-"), value
