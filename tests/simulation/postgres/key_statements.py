"""What the product's statements say of a log's master key, which is always the same here."""

from shared.eventstore.keys import master_keys
from shared.eventstore.keys.keyring import Keyring
from tests.simulation.postgres.database import Answer, Row, Session, statement

KEYRING = Keyring(bytes(range(32)))


@statement(master_keys.KNOWN)
def _master_keys(_session: Session) -> Answer:
    return [Row(check_value=KEYRING.newest.check_value)]


@statement(master_keys.DERIVED)
def _derived_keys(_session: Session) -> Answer:
    return []
