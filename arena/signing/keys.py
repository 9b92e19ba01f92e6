"""Ed25519 (RFC 8032): sign, and verify. A signature's text is ``<fingerprint of the key>:<128 hexadecimal digits>``.

What a signature is for stands in the bytes that it is over, so that none can be carried from a record to a checkpoint.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arena.model.trust import PREFIX, Trust, TrustedKey, fingerprint

if TYPE_CHECKING:  # Most commands neither sign nor verify.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Small letters alone, so that one signature has one text.
SIGNATURE = re.compile(r"([0-9a-f]{16}):([0-9a-f]{128})")


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, ready to sign."""

    name: str
    _key: "Ed25519PrivateKey"

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """How signatures name the key."""
        return fingerprint(self.public)

    @property
    def text(self) -> str:
        """The public half as ``arena.toml`` holds it."""
        return PREFIX + self.public.hex()

    def sign(self, purpose: str, data: bytes) -> str:
        """The text of a signature over ``data``, for this purpose and no other."""
        return f"{self.fingerprint}:{self._key.sign(_message(purpose, data)).hex()}"


def signed_by(signature: str | None, trust: Trust) -> TrustedKey | None:
    """The key of the workspace that a signature names; whether it verifies is another question."""
    match = SIGNATURE.fullmatch(signature or "")
    return trust.key(match.group(1)) if match else None


def verifies(signature: str, purpose: str, data: bytes, key: TrustedKey) -> bool:
    """Whether the signature is this key's, over ``data``, for this purpose."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    match = SIGNATURE.fullmatch(signature)
    if match is None or match.group(1) != key.fingerprint:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(bytes.fromhex(match.group(2)), _message(purpose, data))
    except (InvalidSignature, ValueError):  # ValueError: the 32 bytes are no point of the curve.
        return False
    return True


def _message(purpose: str, data: bytes) -> bytes:
    return f"arena {purpose} 1\n".encode() + data
