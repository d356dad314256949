"""The digest of a version: SHA-256 over the canonical JSON (RFC 8785) of its content."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import rfc8785

from prompts_admin.domain.errors import Refused

DIGEST = re.compile("sha256:[0-9a-f]{64}")


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON of `value` as UTF-8, by RFC 8785 (JSON Canonicalization Scheme).

    Raises Refused("invalid") for what JSON cannot say the same way everywhere: NaN and infinities, integers
    beyond 2^53 - 1, lone surrogates, keys that are no text, other types, and nesting too deep to walk.
    """
    try:
        return rfc8785.dumps(value)
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeEncodeError:
        reason = "a key contains half of a surrogate pair"
    except ValueError as error:
        reason = str(error)
    raise Refused(
        "invalid",
        f"This value has no canonical JSON: {reason}.",
        "Use plain text, numbers, lists and objects.",
    )


def digest(content: Any) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the canonical JSON of `content`."""
    return f"sha256:{hashlib.sha256(canonical_bytes(content)).hexdigest()}"
