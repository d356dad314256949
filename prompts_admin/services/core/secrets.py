"""Secrets that are shown once and stored as hashes: they are random, so a plain SHA-256 protects them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32
"""256 bits: nothing to guess, so no slow hash is needed (OWASP ASVS 5.0, 6.5.2)."""


def new_secret() -> str:
    """Return 256 random bits as URL-safe text of 43 characters."""
    return secrets.token_urlsafe(_BYTES)


def new_id() -> str:
    """Return 48 random bits in hexadecimal: an id that tells nothing and is no secret."""
    return secrets.token_hex(6)


def digest(secret: str) -> str:
    """Return what is stored in the place of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Compare in a time that does not depend on where the difference is."""
    return hmac.compare_digest(digest(secret), stored)
