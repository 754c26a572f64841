"""Which of the bound queues is to blame, by what the management API says of each."""

from typing import Any

import pytest

from shared.messaging.relay.refusals import refuses

WELL = {"name": "q", "type": "quorum", "members": ["a", "b", "c"], "online": ["a", "b", "c"]}
SMALL = {"x-overflow": "reject-publish", "x-max-length": 20}

# fmt: off
QUEUES = [
    pytest.param({},                                                 False, id="nothing known"),
    pytest.param(WELL,                                               False, id="well"),
    pytest.param({**WELL, "online": ["a", "b"]},                     False, id="one is away"),
    pytest.param({**WELL, "online": ["a"]},                          True,  id="a minority"),
    pytest.param({**WELL, "online": []},                             True,  id="no leader"),
    pytest.param({"state": "down"},                                  True,  id="its node is down"),
    pytest.param({"state": "running"},                               False, id="it runs"),
    pytest.param({"arguments": SMALL, "messages": 20},               True,  id="full, rejects"),
    pytest.param({"arguments": SMALL},                               True,  id="not counted yet"),
    pytest.param({"arguments": SMALL, "messages": 3},                False, id="not full"),
    pytest.param({"arguments": {**SMALL, "x-overflow": "drop-head"}, "messages": 20},
                                                                 False, id="drops instead"),
    pytest.param({"effective_policy_definition": {"overflow": "reject-publish",
                  "max-length-bytes": 9}, "message_bytes": 10},      True,  id="by a policy"),
    pytest.param({"arguments": {"x-overflow": "reject-publish-dlx", "x-max-length": 2},
                  "messages": 5},                                    True,  id="dead-letters too"),
]
# fmt: on


@pytest.mark.parametrize(("queue", "is_to_blame"), QUEUES)
def test_a_queue_without_leader_or_room_is_to_blame(
    queue: dict[str, Any], is_to_blame: bool
) -> None:
    assert refuses(queue) is is_to_blame
