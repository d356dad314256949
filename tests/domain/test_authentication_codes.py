"""Keyed codes: those of RFC 4231, in the two forms that are sent, and compared whatever is given."""

from __future__ import annotations

import pytest

from prompts_admin.domain.authentication_codes import code_of, hex_code, is_code, url_code

JEFE = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_code_is_hmac_with_sha256() -> None:
    """RFC 4231, test case 2."""
    assert JEFE == hex_code(b"Jefe", "what do ya want for nothing?")
    assert bytes.fromhex(JEFE) == code_of(b"Jefe", "what do ya want for nothing?")
    assert "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM" == url_code(b"Jefe", "what do ya want for nothing?")


@pytest.mark.parametrize("given", ["", JEFE[:-1], JEFE[:-1] + "4", JEFE.upper(), "ü", "\ud800", JEFE + "\0"])
def test_only_the_code_itself_is_right(given: str) -> None:
    """Any text may be given, and is compared."""
    assert is_code(JEFE, JEFE)
    assert not is_code(JEFE, given)
