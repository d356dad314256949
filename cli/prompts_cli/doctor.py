"""The doctor: what is missing or off on this machine, and what to do about it.

A finding is `ok`, `off` (works without it, somebody may want it) or `broken` (something will not work).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts_cli.failures import Failure
from prompts_cli.local import store as local_store
from prompts_cli.server_choice import failing_in_background, published_by, running_server
from prompts_cli.session import Session

if TYPE_CHECKING:
    from prompts_admin.settings.table import Settings

Finding = dict[str, Any]
OK, OFF, BROKEN = "ok", "off", "broken"
_MARKS = {OK: ("✓", "green"), OFF: ("–", "yellow"), BROKEN: ("✗", "red")}


def examine(session: Session) -> list[Finding]:
    """Return findings {name, state, detail, remedy}."""
    try:
        settings = local_store.settings_for(session.options, session.environ)
    except Failure as found:
        return [_of_failure("settings", found)]
    return [
        _finding(
            "settings", OK, "every setting of this shell can be read; a server has those of its own start"
        ),
        _data_folder(settings.data),
        _database(settings),
        _server(session),
        _git(settings.mirror),
        _notifications(settings.notify_urls, settings.notify_log),
        _publishing(session, settings),
        _editor_bundle(),
    ]


def show_findings(answer: Mapping[str, Any]) -> None:
    """Print the findings, one a line, with what to do."""
    from prompts_cli.views.console import joined, show, styled

    for finding in answer["findings"]:
        mark = styled(*_MARKS[finding["state"]])
        show(joined(mark, f"{finding['name']}: {finding['detail']}", finding["remedy"], gap="  "))


def _data_folder(folder: Path) -> Finding:
    if not folder.exists():
        return _finding("data folder", OFF, f"'{folder}' does not exist yet.", "prompts-admin up")
    if os.access(folder, os.W_OK | os.X_OK):
        return _finding("data folder", OK, str(folder))
    return _finding("data folder", BROKEN, f"'{folder}' cannot be written.", "Give this user the right.")


def _database(settings: Settings) -> Finding:
    from prompts_cli.local.schema import schema

    if not local_store.has_store(settings):
        return _finding("database", OFF, "There is none yet.", "prompts-admin up")
    try:
        found = schema(settings, upgrade=False)
    except Failure as failure:
        return _of_failure("database", failure)
    if found["current"] == found["head"]:
        return _finding("database", OK, f"schema {found['current']}")
    return _finding("database", BROKEN, f"schema {found['current'] or 'none'}", "prompts-admin db upgrade")


def _server(session: Session) -> Finding:
    server = running_server(session.options, session.environ)
    if server is None:
        return _finding("local server", OK, "none runs; commands open the store themselves")
    failing = failing_in_background(server.url)
    if failing:
        detail = f"runs at {server.url}; fails in the background: {failing}"
        return _finding("local server", BROKEN, detail, "Read its log; it tries again by itself.")
    return _finding("local server", OK, f"runs at {server.url}")


def _git(wanted: bool) -> Finding:
    if not wanted:
        return _finding(
            "git", OFF, "The mirror is switched off.", "PROMPTS_ADMIN_MIRROR=true switches it on."
        )
    found = shutil.which("git")
    if found:
        return _finding("git", OK, found)
    return _finding("git", BROKEN, "There is no git, so there is no mirror.", "Install git.")


def _notifications(urls: tuple[str, ...], log: str) -> Finding:
    if urls or log:
        return _finding("notifications", OK, f"{len(urls)} targets" if urls else f"to {log}")
    remedy = "Set PROMPTS_ADMIN_NOTIFY_URLS, so that people are asked to sign."
    return _finding("notifications", OFF, "Nobody is told of anything.", remedy)


def _publishing(session: Session, settings: Settings) -> Finding:
    # A server that runs knows best: the settings of this shell may be others than those of its start.
    server = running_server(session.options, session.environ)
    revision = published_by(server.url) if server else None
    if server and revision:
        out = "nothing is out yet" if revision == "0" else f"revision {revision} is out"
        return _finding("publishing", OK, f"The server at {server.url} publishes; {out}.")
    if server and revision is not None:
        detail = f"The server at {server.url} publishes no snapshots."
        return _finding("publishing", OFF, detail, "Start it with PROMPTS_ADMIN_PUBLISH_URL.")
    if not settings.publish_url:
        detail = "Snapshots are not published, by the settings of this shell."
        return _finding("publishing", OFF, detail, "PROMPTS_ADMIN_PUBLISH_URL.")
    try:
        kind = local_store.publishing_kind(settings)
    except Failure as failure:
        return _of_failure("publishing", failure)
    return _finding("publishing", OK, f"to a target of the kind '{kind}', by the settings of this shell")


def _editor_bundle() -> Finding:
    import prompts_admin

    built = Path(prompts_admin.__file__).parent / "web" / "static" / "dist"
    if (built / "editor.js").is_file():
        return _finding("editor bundle", OK, "present")
    remedy = (
        "In a checkout: make up, with Node 20 or a package index in reach. Else install a wheel that has it."
    )
    return _finding("editor bundle", OFF, "missing; texts are written in a plain form.", remedy)


def _of_failure(name: str, found: Failure) -> Finding:
    return _finding(name, BROKEN, str(found.problem["detail"]), str(found.problem.get("remedy", "")))


def _finding(name: str, state: str, detail: str, remedy: str = "") -> Finding:
    return {"name": name, "state": state, "detail": detail, "remedy": remedy}
