"""What travels through the simulated broker."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """What was published, and by whom."""

    body: bytes
    user: str
    routing_key: str


@dataclass
class Queue:
    """Its messages, and its consumers (`BrokerLink`) in order; the first is active."""

    messages: deque[Message] = field(default_factory=deque)
    consumers: list[Any] = field(default_factory=list)
    is_bound: bool = True
    is_dead: bool = False  # there, but without a leader: takes nothing, gives nothing
    refuses: bool = False
    drops: int = 0  # so many of the next are confirmed and lost
