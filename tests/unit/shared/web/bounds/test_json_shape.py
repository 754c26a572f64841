"""Which JSON bodies are refused before they are read."""

import json

import pytest

from shared.web.bounds.json_shape import DEPTH_MAX, MEMBERS_MAX, Excess, excess

MANY = {f"m{n}": 0 for n in range(MEMBERS_MAX + 1)}
COMMAS = 'a, [b], {c}, \\" ' * 1_000


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(
            json.dumps({"text": COMMAS, "accounts": ["x"] * 100}).encode(),
            None,
            id="a text of commas",
        ),
        pytest.param(
            json.dumps(dict(list(MANY.items())[:1_900])).encode(), None, id="many members"
        ),
        pytest.param(json.dumps(MANY).encode(), "too_many_members", id="too many members"),
        pytest.param(json.dumps(list(MANY)).encode(), "too_many_members", id="too many elements"),
        pytest.param(
            json.dumps([{}] * MEMBERS_MAX).encode(), "too_many_members", id="too many objects"
        ),
        pytest.param(
            json.dumps(MANY).encode("utf-16"), "too_many_members", id="too many members in UTF-16"
        ),
        pytest.param(nested(DEPTH_MAX), None, id="deep"),
        pytest.param(nested(DEPTH_MAX + 1), "too_deep", id="too deep"),
        pytest.param(b"[" * 60_000, "too_deep", id="opened and never closed"),
        pytest.param(b'{"a": "' + b"[" * 60_000, None, id="a text that never ends"),
    ],
)
def test_body_with_too_much_in_it_is_told_by_its_bytes(
    body: bytes, expected: Excess | None
) -> None:
    assert excess(body) == expected
