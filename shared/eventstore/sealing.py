"""Personal data at rest: one key a case, and every key wrapped by the master key.

Sealing is AES-256-GCM throughout. What is sealed is bound to the very event that holds it
(originator, version, topic), a wrapped key to its originator: moved elsewhere, neither opens.
Nonces are random; with at most some thousand seals a key, a collision of 96 bits won't happen.

To erase a person's data is to delete the case's key (see the migration `sealing`). The master
key lies in no database and no backup of one.
"""

import base64
import os
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.eventstore.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16

WrappedKey = NewType("WrappedKey", bytes)
"""A case's key as the database holds it: nonce and ciphertext."""


class Keyring:
    """Makes and unwraps the keys of cases. `retired` master keys unwrap, but wrap no more."""

    def __init__(self, master_key: bytes, *, retired: tuple[bytes, ...] = ()) -> None:
        for key in (master_key, *retired):
            if len(key) != KEY_BYTES:
                raise ValueError(f"a master key has {KEY_BYTES} bytes, not {len(key)}")
        self._master_keys = tuple(AESGCM(key) for key in (master_key, *retired))

    def new_key(self, originator_id: UUID) -> WrappedKey:
        nonce, key = os.urandom(NONCE_BYTES), os.urandom(KEY_BYTES)
        return WrappedKey(nonce + self._master_keys[0].encrypt(nonce, key, originator_id.bytes))

    def unwrap(self, wrapped: WrappedKey, originator_id: UUID) -> AESGCM:
        for master_key in self._master_keys:
            try:
                return AESGCM(_decrypted(master_key, wrapped, originator_id.bytes))
            except InvalidTag:
                continue
        raise SealBroken(f"the key of {originator_id} is of another master key or another case")


@dataclass(frozen=True, slots=True)
class AssociatedData:
    """The one event that a seal belongs to."""

    originator_id: UUID
    version: int
    topic: str

    def __bytes__(self) -> bytes:
        """Unambiguous: the first two parts have fixed lengths."""
        return self.originator_id.bytes + self.version.to_bytes(8, "big") + self.topic.encode()


def seal(key: AESGCM, plain: bytes, place: AssociatedData) -> str:
    """As text (base64), because it stands in JSON."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + key.encrypt(nonce, plain, bytes(place))).decode()


def unseal(key: AESGCM, sealed: str, place: AssociatedData) -> bytes:
    """Raises SealBroken."""
    try:
        return _decrypted(key, base64.b64decode(sealed, validate=True), bytes(place))
    except (InvalidTag, ValueError):
        raise SealBroken(
            f"the sealed text of {place.originator_id}, version {place.version}, doesn't open"
        ) from None


def _decrypted(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
