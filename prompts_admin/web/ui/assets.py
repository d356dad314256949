"""Style, script and icon: read once, sent under an address that changes with the content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort

FOLDER = Path(__file__).parents[1] / "static"
BUILT = FOLDER / "dist"
"""What `scripts/frontend.py` builds; the pages work without it."""
EDITOR = "editor.js"
STYLES = (
    "tokens",
    "base",
    "layout",
    "buttons",
    "forms",
    "marks",
    "tables",
    "notices",
    "differences",
    "ladder",
    "texts",
    "editor",
    "entry",
    "artifact",
    "review",
    "records",
    "help",
    "timelines",
    "finding",
    "drafts",
    "trying",
)
"""The style sheets in the order in which they are joined; a page group may add its own at the end."""
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file as browsers get it."""

    name: str
    body: bytes

    @property
    def address(self) -> str:
        """Return the address, which holds a digest of the content."""
        return f"/static/{hashlib.sha256(self.body).hexdigest()[:12]}/{self.name}"

    @property
    def content_type(self) -> str:
        """Return the content type with its character set."""
        return f"{_TYPES[Path(self.name).suffix]}; charset=utf-8"


def install(app: Flask) -> None:
    """Serve the files below /static."""
    app.add_url_rule("/static/<digest>/<name>", "static", _serve, methods=["GET"])


def asset(name: str) -> str:
    """Return the address of a file; raises KeyError for one that does not exist."""
    return _assets()[name].address


def editor() -> str:
    """Return the address of the editor's bundle, empty where none was built."""
    return _assets()[EDITOR].address if EDITOR in _assets() else ""


@cache
def _assets() -> dict[str, Asset]:
    style = "\n".join((FOLDER / "style" / f"{name}.css").read_text("utf-8") for name in STYLES)
    found = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in (".js", ".svg")}
    found["style.css"] = style.encode()
    if (BUILT / EDITOR).is_file():
        found[EDITOR] = (BUILT / EDITOR).read_bytes()
    return {name: Asset(name, body) for name, body in found.items()}


def _serve(digest: str, name: str) -> Response:
    found = _assets().get(name)
    if found is None or found.address != f"/static/{digest}/{name}":
        abort(404)
    response = Response(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = FOREVER
    return response
