"""Looking at this machine: what is missing or off, and what to do about it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from prompts_cli import local
from prompts_cli.connect import running_server
from prompts_cli.problems import Failure
from prompts_cli.session import Session

Finding = dict[str, Any]


def examine(session: Session) -> list[Finding]:
    """Return findings {name, ok, detail, remedy}; a finding that is not ok needs somebody's attention."""
    try:
        settings = local.settings_for(session.options, session.environ)
    except Failure as found:
        return [
            _finding("settings", False, str(found.problem["detail"]), str(found.problem.get("remedy", "")))
        ]
    return [
        _finding("settings", True, "every setting is readable"),
        _data_folder(settings.data),
        _database(settings),
        _server(session),
        _git(settings.mirror),
        _notifications(settings.notify_urls, settings.notify_log),
        _editor_bundle(),
    ]


def _data_folder(folder: Path) -> Finding:
    if not folder.exists():
        return _finding("data folder", False, f"'{folder}' does not exist yet.", "prompts-admin up --demo")
    writable = os.access(folder, os.W_OK | os.X_OK)
    return _finding(
        "data folder", writable, str(folder), "" if writable else "Give this user the right to write."
    )


def _database(settings: Any) -> Finding:
    from prompts_cli.database import schema

    try:
        found = schema(settings, upgrade=False)
    except Failure as failure:
        remedy = str(failure.problem.get("remedy", ""))
        return _finding("database", False, str(failure.problem["detail"]), remedy)
    is_current = found["current"] == found["head"]
    remedy = "" if is_current else "prompts-admin db upgrade"
    return _finding("database", is_current, f"schema {found['current']}", remedy)


def _server(session: Session) -> Finding:
    server = running_server(session.options, session.environ)
    detail = f"runs at {server.url}" if server else "none runs; commands open the store themselves"
    return _finding("local server", True, detail)


def _git(wanted: bool) -> Finding:
    found = shutil.which("git")
    if not wanted:
        return _finding("git", True, "the mirror is switched off")
    return _finding(
        "git", bool(found), found or "There is no git.", "" if found else "Install git for the mirror."
    )


def _notifications(urls: tuple[str, ...], log: str) -> Finding:
    if urls or log:
        return _finding("notifications", True, f"{len(urls)} targets" if urls else f"to {log}")
    remedy = "Set PROMPTS_ADMIN_NOTIFY_URLS, so that people are asked to sign."
    return _finding("notifications", False, "Nobody is told of anything.", remedy)


def _editor_bundle() -> Finding:
    import prompts_admin

    built = Path(prompts_admin.__file__).parent / "web" / "static" / "dist"
    detail = "present" if built.is_dir() else "not built; pages use plain text fields"
    return _finding("editor bundle", True, detail)


def _finding(name: str, ok: bool, detail: str, remedy: str = "") -> Finding:
    return {"name": name, "ok": ok, "detail": detail, "remedy": remedy}
