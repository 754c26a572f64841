"""What the tests of private servers share."""

import pytest

from deploy.local.broker import Software
from testbed.servers import find_broker_software


@pytest.fixture(scope="session")
def broker_software() -> Software:
    """RabbitMQ as it is installed, or fetched once for all test runs."""
    return find_broker_software()
