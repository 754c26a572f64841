"""Encryption of personal data at rest: one key a stream, and every key wrapped by the master key.

Sealing is AES-256-GCM. A sealed text is bound to the event that holds it (originator, version,
topic), a wrapped key to its originator: moved elsewhere, neither opens. Nonces are random; with at
most some thousand seals a key, 96 bits don't collide.

Deleting a stream's key erases the person's data (crypto-shredding; see the migration `sealing`).
The master key is in no database and in no backup of one.
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
"""A stream's key as the database holds it: nonce and ciphertext."""


class Keyring:
    """Makes and unwraps the keys of streams. `retired` master keys only unwrap."""

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
        raise SealBroken(f"the key of {originator_id} is of another master key or another stream")


@dataclass(frozen=True, slots=True)
class AssociatedData:
    """The event that a sealed text is bound to, as AES-GCM's associated data."""

    originator_id: UUID
    version: int
    topic: str

    def __bytes__(self) -> bytes:
        """Unambiguous, since the first two parts have fixed lengths."""
        return self.originator_id.bytes + self.version.to_bytes(8, "big") + self.topic.encode()


def seal(key: AESGCM, plain: bytes, bound_to: AssociatedData) -> str:
    """The sealed text, in base64 for JSON."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + key.encrypt(nonce, plain, bytes(bound_to))).decode()


def unseal(key: AESGCM, sealed: str, bound_to: AssociatedData) -> bytes:
    """Raises SealBroken."""
    try:
        return _decrypted(key, base64.b64decode(sealed, validate=True), bytes(bound_to))
    except (InvalidTag, ValueError):
        raise SealBroken(
            f"the sealed text of {bound_to.originator_id}, version {bound_to.version}, doesn't open"
        ) from None


def _decrypted(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
