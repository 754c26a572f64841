"""The master keys that a process was given: they wrap the keys of streams, and the derived keys.

The first one wraps. The others are retired, or not yet in use, and only unwrap. They are read again
when they may have changed, so that `janji keys rotate` restarts no service.
"""

import hmac
import os
from collections.abc import Callable, Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.eventstore.errors import SealBroken
from shared.eventstore.sealing import KEY_BYTES, NONCE_BYTES, WrappedKey, decrypted

CHECK_BYTES = 16
CHECK_LABEL = b"janji master key check"


class MasterKey:
    """One master key. Its check value tells it from others, and says nothing else about it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes, not {len(secret)}")
        self._secret = secret
        self._cipher = AESGCM(secret)
        self.check_value = hmac.digest(secret, CHECK_LABEL, "sha256")[:CHECK_BYTES]

    def wrap(self, key: bytes, bound_to: bytes) -> WrappedKey:
        nonce = os.urandom(NONCE_BYTES)
        return WrappedKey(nonce + self._cipher.encrypt(nonce, key, bound_to))

    def opened(self, wrapped: WrappedKey, bound_to: bytes) -> bytes | None:
        """None: another key has wrapped it, or for something else."""
        try:
            return decrypted(self._cipher, wrapped, bound_to)
        except InvalidTag:
            return None

    def derive(self, label: bytes) -> bytes:
        """A key for another purpose, which doesn't give this one away."""
        return hmac.digest(self._secret, label, "sha256")


class Keyring:
    """Makes and unwraps the keys of streams, and holds the derived keys of their log.

    `read_again` gives all master keys as they are now; None: they never change.
    """

    def __init__(
        self,
        master_key: bytes,
        *,
        retired: Sequence[bytes] = (),
        read_again: Callable[[], Sequence[bytes]] | None = None,
    ) -> None:
        self._given = (master_key, *retired)
        self._read_again = read_again
        self.master_keys = tuple(map(MasterKey, self._given))
        self.derived: dict[str, bytes] = {}

    @property
    def newest(self) -> MasterKey:
        """The one that wraps."""
        return self.master_keys[0]

    def read(self) -> bool:
        """Read the master keys again; whether they have changed."""
        given = self._given if self._read_again is None else tuple(self._read_again())
        if given == self._given:
            return False
        self.master_keys, self._given = tuple(map(MasterKey, given)), given
        return True

    def new_key(self, originator_id: UUID) -> WrappedKey:
        return self.newest.wrap(os.urandom(KEY_BYTES), originator_id.bytes)

    def unwrap(self, wrapped: WrappedKey, originator_id: UUID) -> AESGCM:
        """Raises SealBroken."""
        key = self.opened(wrapped, originator_id.bytes)
        if key is None and self.read():
            key = self.opened(wrapped, originator_id.bytes)
        if key is None:
            raise SealBroken(
                f"the key of {originator_id} is of another master key or another stream"
            )
        return AESGCM(key)

    def opened(self, wrapped: WrappedKey, bound_to: bytes) -> bytes | None:
        """By whichever master key opens it."""
        keys = (each.opened(wrapped, bound_to) for each in self.master_keys)
        return next((key for key in keys if key is not None), None)
