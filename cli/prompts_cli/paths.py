"""Paths on this machine: the data folder, its run file, the stored login, the drafts.

Reads the environment that it is given and nothing else; `prompts_admin.settings.table`
says the same of the data folder.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PRIVATE = 0o600


def data_folder(environ: Mapping[str, str], given: str | None = None) -> Path:
    """Return the data folder: the one given, else PROMPTS_ADMIN_DATA, else the XDG data directory."""
    named = given or environ.get("PROMPTS_ADMIN_DATA")
    return Path(named).expanduser() if named else _xdg(environ, "XDG_DATA_HOME", "~/.local/share")


def login_file(environ: Mapping[str, str]) -> Path:
    """Return the file in which `login` keeps addresses and tokens."""
    return _xdg(environ, "XDG_CONFIG_HOME", "~/.config") / "login.json"


def drafts_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder in which `edit` keeps texts until they are saved."""
    return _xdg(environ, "XDG_STATE_HOME", "~/.local/state") / "drafts"


def run_file(data: Path) -> dict[str, Any] | None:
    """Return {url, pid, token} of the server that runs over the folder `data`, None when none has said so."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((data / "server.json").read_text("utf-8"))
        if isinstance(found, dict) and isinstance(found.get("url"), str):
            return found
    return None


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file, empty when there is no readable one."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text("utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all, with `mode`; the folders above are made."""
    import tempfile

    # Written beside and renamed: whoever reads finds the old file or the new one, after a power cut too.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _xdg(environ: Mapping[str, str], name: str, fallback: str) -> Path:
    base = environ.get(name, "")
    folder = Path(base) if base.startswith("/") else Path(fallback).expanduser()
    return folder / "prompts-admin"
