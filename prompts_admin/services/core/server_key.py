"""The key of the server: the one that was set, or one that is made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress

from prompts_admin.domain.errors import Unavailable
from prompts_admin.settings.table import Settings

FILE = "secret.key"
_SHORTEST = 32


def own_key(settings: Settings) -> bytes:
    """Return the key; two processes that ask for the first time get the same one. Raises Unavailable."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data / FILE
    try:
        if not path.exists():
            _make(settings)
        key = path.read_bytes().strip()
    except OSError as error:
        raise _unusable(error.strerror or type(error).__name__) from None
    if len(key) < _SHORTEST:
        raise _unusable("it is too short")
    return key


def _make(settings: Settings) -> None:
    """Write the key beside and link it, so that whoever is second takes the first one's."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = settings.data / f".{FILE}.{secrets.token_hex(6)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, settings.data / FILE)
    finally:
        beside.unlink()


def _unusable(reason: str) -> Unavailable:
    detail = f"The file '{FILE}' in the data folder cannot be used: {reason}."
    return Unavailable("read_only", detail, "Correct it, or set PROMPTS_ADMIN_SECRET_KEY.")
