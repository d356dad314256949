"""Publishing from a desk: a product with a target, tokens for it, and what a reader finds there."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.product import Product
from tests.support.cast import ADMIN, person
from tests.support.desk import Desk

PUBLIC = "https://cdn.example.com/snapshots"


def publishing(product: Product, folder: Path, url: str = "", **settings: Any) -> Product:
    """Return a server process over the same store that publishes to a folder, or to `url`."""
    target = url or (folder / "target").as_uri()
    given = replace(product.settings, data=folder / "data", publish_url=target, secret_key="k" * 40)
    return make_product(product.store, replace(given, **settings))


def token(product: Product, name: str, **more: Any) -> dict[str, Any]:
    """Make a serve token; its answer tells where its snapshot is."""
    request = TokenRequest(name=name, role=more.pop("role", "serve"), **more)
    return product.do(person(ADMIN), create_token, None, request)


def live_text(desk: Desk, text: str) -> None:
    """Make another text live everywhere: a new revision."""
    desk.save("elsewhere/letter", text)
    desk.climb("elsewhere/letter")


def reader(root: Path, pointer: str) -> dict[str, Any] | None:
    """Read as a client does: the pointer, then what it names, whole; None when there is no pointer."""
    place = root / pointer
    if not place.exists():
        return None
    told = json.loads(place.read_bytes())
    content = (place.parent / told["file"]).read_bytes()
    assert told["digest"] == f"sha256:{sha256(content).hexdigest()}"
    assert told["size"] == len(content)
    body = gzip.decompress(content)
    assert told["unpacked"] == len(body)
    document: dict[str, Any] = json.loads(body)
    assert (told["epoch"], told["revision"]) == (document["epoch"], document["revision"])
    return document
