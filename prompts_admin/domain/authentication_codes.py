"""Codes that only who has the key can make, and so can tell again: HMAC-SHA256 (RFC 2104) over a text.

Names of published scopes, proofs of examples and tickets of streams are made of them and are out in the world: what
they are made from never changes. Each text begins with its purpose ("published scope: ", "published name: ",
"example ", "ofrep stream "), so that under one key no code of one kind passes for another.
"""

from __future__ import annotations

import base64
import hmac


def code_of(key: bytes, text: str) -> bytes:
    """Return the code of a text, 32 bytes; half surrogates count as `?`."""
    return hmac.digest(key, text.encode("utf-8", "replace"), "sha256")


def hex_code(key: bytes, text: str) -> str:
    """Return the code of a text in 64 hexadecimal digits."""
    return code_of(key, text).hex()


def url_code(key: bytes, text: str) -> str:
    """Return the code of a text in 43 letters that an address may hold (base64url without padding)."""
    return base64.urlsafe_b64encode(code_of(key, text)).rstrip(b"=").decode()


def is_code(right: str, given: str) -> bool:
    """Compare in a time that does not depend on where the difference is; `given` may be any text."""
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))
