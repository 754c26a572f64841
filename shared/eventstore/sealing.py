"""Encryption of personal data at rest: one key a stream, and every key wrapped by the master key.

Sealing is AES-256-GCM. A sealed text is bound to the event that holds it (originator, version,
topic), a wrapped key to its originator: moved elsewhere, neither opens. Nonces are random; with at
most some thousand seals a key, 96 bits don't collide.

Deleting a stream's key erases the person's data (crypto-shredding; see the migration `sealing`).
The master key is in no database and in no backup of one (`keys/`).
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

WrappedKey = NewType("WrappedKey", bytes)
"""A stream's key as the database holds it: nonce and ciphertext."""


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
        return decrypted(key, base64.b64decode(sealed, validate=True), bytes(bound_to))
    except (InvalidTag, ValueError):
        raise SealBroken(
            f"the sealed text of {bound_to.originator_id}, version {bound_to.version}, doesn't open"
        ) from None


def decrypted(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
