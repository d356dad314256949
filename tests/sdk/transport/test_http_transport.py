"""An answer that was changed on its way is not taken, however well it can be read (RFC 9530)."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from hashlib import sha256, sha512
from typing import Any

import pytest

from prompts_admin.sdk import Client
from tests.support.snapshot_server import send, serving
from tests.support.snapshots import document

WHOLE = json.dumps(document(revision=2)).encode()
CHANGED = WHOLE.replace(b"Hello {{name}}", b"Hallo {{name}}")
TOLD = f"sha-256=:{b64encode(sha256(WHOLE).digest()).decode()}:"
OTHER = f"sha-512=:{b64encode(sha512(WHOLE).digest()).decode()}:"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("body", "told", "taken"),
    [
        (WHOLE, {"Repr_Digest": TOLD}, True),
        (CHANGED, {"Repr_Digest": TOLD}, False),
        (WHOLE, {"Repr_Digest": f"{OTHER}, {TOLD}"}, True),
        (CHANGED, {"Repr_Digest": f"{OTHER}, {TOLD}"}, False),
        (CHANGED, {"Repr_Digest": OTHER}, True),
        (CHANGED, {}, True),
    ],
    ids=["whole", "changed", "whole of two", "changed of two", "another algorithm", "no digest"],
)
def test_F17_a_snapshot_is_what_its_digest_says(
    body: bytes, told: dict[str, str], taken: bool, packed: bool
) -> None:
    """What does not fit is dropped and said; the digest is that of the unpacked body, sha-256 alone is compared."""
    assert WHOLE != CHANGED and json.loads(CHANGED)
    sent: dict[str, Any] = {"Content_Encoding": "gzip"} if packed else {}
    with serving(document()) as server, Client(server.url, poll_seconds=None) as client:
        server.reply = lambda handler: send(
            handler, 200, gzip.compress(body) if packed else body, **told, **sent
        )
        assert taken == client.refresh()
        assert (2 if taken else 1) == client.revision
        assert ("digest" in (client.problem or "")) is not taken
        server.reply, server.document = None, document(revision=3)
        assert client.refresh()
        assert (3, None) == (client.revision, client.problem)
