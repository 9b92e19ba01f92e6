"""Whose signatures a workspace trusts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

PREFIX = "ed25519:"
FINGERPRINT_DIGITS = 16


def fingerprint(public: bytes) -> str:
    """The short name of a key: 64 bits of the SHA-256 of its 32 public bytes, in hexadecimal.

    It only finds the key among those that are trusted; what is verified is the signature, by the whole key.
    """
    return hashlib.sha256(public).hexdigest()[:FINGERPRINT_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A grader's public key. From ``revoked`` on, an aware time, what it signs counts no more."""

    name: str
    public: bytes
    revoked: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """How records name it."""
        return fingerprint(self.public)

    @property
    def text(self) -> str:
        """The key as ``arena.toml`` holds it."""
        return PREFIX + self.public.hex()


@dataclass(frozen=True, slots=True)
class Trust:
    """Every key that a workspace trusts or trusted. With none, records are not signed: practice."""

    keys: tuple[TrustedKey, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keys)

    def key(self, name: str) -> TrustedKey | None:
        """The key with this fingerprint."""
        return next((key for key in self.keys if key.fingerprint == name), None)
