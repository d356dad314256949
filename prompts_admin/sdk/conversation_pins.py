"""Conversation pins: tokens that keep a conversation on the version that it began with, in any process."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

_PREFIX = "p1_"
# Enough to tell a version from one of another workspace, while the token stays short.
_DIGITS = 16
# A token comes back from outside: a longer text is none, and is not even decoded.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Pin:
    """What a token stands for; `digest` is the beginning of the version's."""

    key: str
    version: int
    digest: str


def token_of(key: str, version: int, digest: str) -> str:
    """Return a short text for a version, of letters, digits, `-` and `_`."""
    text = f"{key}@{version}#{_begin(digest)}"
    return _PREFIX + base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def read_token(token: object) -> Pin | None:
    """Return what a token stands for, None for a text that is none."""
    if not isinstance(token, str) or not token.startswith(_PREFIX) or len(token) > _LONGEST:
        return None
    coded = token.removeprefix(_PREFIX)
    try:
        text = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, _, digest = text.rpartition("#")
    key, _, number = name.rpartition("@")
    if not (key and digest and number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return Pin(key, int(number), digest)


def is_of(pin: Pin, digest: str) -> bool:
    """Tell whether a version's digest is the one that the token was made for."""
    return _begin(digest) == pin.digest


def _begin(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_DIGITS]
