"""A log is under one master key at a time, which its database knows by a check value.

With another key old cases would not open, and new ones would be sealed for nobody. So a process
asks with each connection, and each second, and refuses to go on.
"""

from collections.abc import Sequence

from shared.eventstore.errors import WrongMasterKey
from shared.eventstore.keys.keyring import Keyring, MasterKey
from shared.postgres.connection import Connection

KNOWN = "select check_value from master_keys order by number desc"
DERIVED = "select name, wrapped_key from derived_keys"
BEGIN = "select begin_master_key_v1($1, $2, $3)"
SAMPLE = "select originator_id, wrapped_key from sealing_keys order by originator_id limit 100"

TRACKING, COMMANDS, IMPORTS, ALLOWANCES = "tracking-1", "commands-1", "imports-1", "allowances-1"
LABELS = {  # as they were derived before they had a life of their own
    TRACKING: b"janji tracking secrets",
    COMMANDS: b"janji command keys",
    IMPORTS: b"janji imported cases",
    ALLOWANCES: b"janji allowances",
}


async def settle_keys(connection: Connection, keyring: Keyring) -> bool:
    """Read the keys again and compare them with the log's; whether they have changed.

    A log that knows no key yet begins with the one that opens it. Raises WrongMasterKey.
    """
    is_changed = keyring.read()
    known = await _known(connection) or await _begin(connection, keyring)
    if not _may_go_on(keyring, known):
        is_changed |= keyring.read()  # the next key may have come since
        if not _may_go_on(keyring, known):
            raise WrongMasterKey(known[0], retired=keyring.newest.check_value in known)
    if is_changed or not keyring.derived:
        keyring.derived = await _derived(connection, keyring)
    return is_changed


def _may_go_on(keyring: Keyring, known: Sequence[bytes]) -> bool:
    """With the key in force; or with a newer one, which a rotation brings or has yet to bring."""
    newest, *others = (each.check_value for each in keyring.master_keys)
    return newest == known[0] or (newest not in known and known[0] in others)


async def _known(connection: Connection) -> Sequence[bytes]:
    return [row["check_value"] for row in await connection.fetch(KNOWN)]


async def _begin(connection: Connection, keyring: Keyring) -> Sequence[bytes]:
    sample = await connection.fetch(SAMPLE)

    def opens(key: MasterKey) -> int:
        return sum(
            key.opened(row["wrapped_key"], row["originator_id"].bytes) is not None for row in sample
        )

    in_force = max(keyring.master_keys, key=opens)  # the first of equals
    if sample and not opens(in_force):
        raise WrongMasterKey(None)
    wrapped = [
        in_force.wrap(in_force.derive(label), name.encode()) for name, label in LABELS.items()
    ]
    await connection.execute(BEGIN, in_force.check_value, list(LABELS), wrapped)
    return await _known(connection)


async def _derived(connection: Connection, keyring: Keyring) -> dict[str, bytes]:
    opened = {
        row["name"]: keyring.opened(row["wrapped_key"], row["name"].encode())
        for row in await connection.fetch(DERIVED)
    }
    return {name: key for name, key in opened.items() if key is not None}
