"""The names of published scopes: nobody can guess one, and whoever has the key knows its own again.

A name is an address and the only protection of what lies there, as a share link is. Its second part is computed
from its first, so that what a store published can be told from what others keep in the same bucket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from prompts_admin.domain.authentication_codes import hex_code, is_code

_FIRST, _SECOND = 32, 16
"""Hexadecimal digits: 128 bits that cannot be guessed, 64 that tell our own names."""
_NAME = re.compile(rf"[0-9a-f]{{{_FIRST + _SECOND}}}")


def scope_name(key: bytes, features: Iterable[str] | None, clearance: str) -> str:
    """Return the name under which a scope is published; the same for as long as the key stays."""
    told = json.dumps([None if features is None else sorted(features), clearance])
    first = _code(key, "scope", told)[:_FIRST]
    return first + _code(key, "name", first)[:_SECOND]


def is_own(key: bytes, name: str) -> bool:
    """Tell whether a name was made with this key."""
    if not _NAME.fullmatch(name):
        return False
    return is_code(_code(key, "name", name[:_FIRST])[:_SECOND], name[_FIRST:])


def _code(key: bytes, purpose: str, text: str) -> str:
    return hex_code(key, f"published {purpose}: {text}")
