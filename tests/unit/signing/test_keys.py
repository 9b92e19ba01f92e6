"""Signatures: one key, one purpose, one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.trust import TrustedKey
from arena.signing.keys import signed_by, verifies
from tests.conftest import make_signer, trust_in

SIGNER, OTHER = make_signer("laptop"), make_signer("server")
KEY, OTHER_KEY = trust_in(SIGNER, OTHER).keys


@given(st.binary(max_size=50))
def test_verifies(data: bytes) -> None:
    """What a key signed verifies by that key alone, for that purpose alone, over those bytes alone."""
    signature = SIGNER.sign("record", data)
    assert verifies(signature, "record", data, KEY)
    assert not verifies(signature, "record", data, OTHER_KEY)
    assert not verifies(signature, "checkpoint", data, KEY)
    assert not verifies(signature, "record", data + b" ", KEY)


@given(st.data())
def test_any_digit(data: st.DataObject) -> None:
    """A signature with one byte altered is none: there is no second text for it, such as in large letters."""
    signature = SIGNER.sign("record", b"x").encode()
    at = data.draw(st.integers(0, len(signature) - 1))
    altered = signature[:at] + bytes([signature[at] ^ data.draw(st.integers(1, 127))]) + signature[at + 1 :]
    assert not verifies(altered.decode("latin-1"), "record", b"x", KEY)


def test_renamed() -> None:
    """A signature that is given another trusted key's name verifies by neither key."""
    stolen = f"{OTHER.fingerprint}:{SIGNER.sign('record', b'x').partition(':')[2]}"
    assert not any(verifies(stolen, "record", b"x", key) for key in (KEY, OTHER_KEY))


def test_signed_by() -> None:
    """A signature names its key by a short fingerprint; a key that nobody trusts has no name."""
    trust = trust_in(SIGNER)
    assert signed_by(SIGNER.sign("record", b"x"), trust) == KEY
    assert signed_by(OTHER.sign("record", b"x"), trust) is None
    assert [signed_by(text, trust) for text in (None, "", "x:y", SIGNER.fingerprint)] == [None] * 4


def test_no_point() -> None:
    """Thirty-two bytes that are no key verify nothing, and are no crash."""
    key = TrustedKey(name="x", public=b"\xff" * 32)
    assert not verifies(f"{key.fingerprint}:{'00' * 64}", "record", b"x", key)


def test_known_answer() -> None:
    """The signature is Ed25519's: the same for the same key and bytes, on every machine."""
    assert SIGNER.sign("record", b"x") == SIGNER.sign("record", b"x")
    assert len(SIGNER.public) == 32
    assert SIGNER.text == KEY.text == f"ed25519:{SIGNER.public.hex()}"


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
def test_fingerprint(key: TrustedKey) -> None:
    """Whoever signs and whoever trusts call a key by the same name."""
    assert key.fingerprint in {SIGNER.fingerprint, OTHER.fingerprint}
    assert len(key.fingerprint) == 16
