"""README's two commands on fresh machines: both Debians, as root and as an ordinary user.

All of `make test` takes minutes, and CI runs it as it is. Here are run the tests of what depends on
the machine: servers, broker, commands and the processes of services, on the Debian that CI doesn't
stand on.
"""

from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from tests.support.machines.debian import USER, Machine, machine

DEBIANS = {"Debian 12": "bookworm", "Debian 13": "trixie"}
WHAT_DEPENDS = (
    "tests/unit/deploy tests/integration/deploy tests/integration/janji/commands"
    " tests/integration/shared/runtime tests/integration/shared/messaging"
    " tests/faults/test_a_forged_event_changes_no_figure.py"
)
TESTED = ("Debian 13", USER)  # RabbitMQ 4, and another Python
TEST_SECONDS_MAX = 1_500

pytestmark = [pytest.mark.system, pytest.mark.machine, pytest.mark.needs("debootstrap", "machines")]


@pytest.fixture(scope="module", params=DEBIANS)
def debian(request: pytest.FixtureRequest) -> Iterator[tuple[str, Machine]]:
    with machine(DEBIANS[request.param]) as fresh:
        for user in ("root", USER):
            fresh.clone(user)
        yield request.param, fresh


@pytest.mark.parametrize("user", ["root", USER])
def test_two_commands_are_enough(debian: tuple[str, Machine], user: str) -> None:
    name, fresh = debian

    with fresh.made_up(user) as address, urlopen(address) as page:
        assert page.status == 200

    if (name, user) == TESTED:
        fresh.run(user, f"make test TESTS='{WHAT_DEPENDS}'", seconds_max=TEST_SECONDS_MAX)
