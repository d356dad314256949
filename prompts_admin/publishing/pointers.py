"""The pointer: the small file that says which content a scope has now.

`sdk.transport.published_transport` reads it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

FORMAT = 1
FILE = "current.json"


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """Names a content file beside it: its digest and `size` are of the file, `unpacked` bytes come out of it.

    `epoch`, `revision` and `created_at` are those of the snapshot.
    """

    epoch: str
    revision: int
    file: str
    digest: str
    size: int
    unpacked: int
    created_at: str

    def encode(self) -> bytes:
        """Return the file's content."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode() + b"\n"


def read_pointer(content: bytes | None) -> Pointer | None:
    """Return the pointer in a file, None when there is none that this program understands."""
    try:
        found = json.loads(content or b"null")
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            return None
        kinds = {"revision": int, "size": int, "unpacked": int}
        fields = {name: found[name] for name in Pointer.__dataclass_fields__}
    except (ValueError, KeyError, RecursionError):
        return None
    if any(type(value) is not kinds.get(name, str) for name, value in fields.items()):
        return None
    return Pointer(**fields)
