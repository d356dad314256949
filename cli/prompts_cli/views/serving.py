"""Answers of serving: what a user gets, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prompts_cli.times import when
from prompts_cli.views.console import joined, show, styled

Document = Mapping[str, Any]


def show_value(found: Document) -> None:
    """Print the answer of `get`: version, stage and reason, then the content."""
    title = styled(f"{found['key']}@{found['version']}", "bold")
    show(joined(title, found.get("kind"), found.get("stage"), found.get("reason"), gap=" · "))
    show(styled(found.get("digest", ""), "dim"))
    value = found.get("value") or {}
    for message in value.get("messages") or ():
        if "placeholder" in message:
            show("", joined(styled(f"[{message['placeholder']}]", "dim")))
            continue
        content = message.get("content")
        text = content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)
        show("", styled(f"{message.get('role')}:", "bold"), text)
    rest = {name: part for name, part in value.items() if name not in ("messages", "text") and part}
    if value.get("text") is not None:
        show("", value["text"])
    if rest:
        show("", json.dumps(rest, indent=2, ensure_ascii=False))


def show_explanation(found: Document) -> None:
    """Print why a user gets what they get."""
    if found.get("version") is None:
        show(joined(styled(found["key"], "bold"), "nothing; the caller's default counts", gap=" · "))
    else:
        title = styled(f"{found['key']}@{found['version']}", "bold")
        show(joined(title, found.get("stage"), found.get("reason"), f"by {found.get('author')}", gap=" · "))
    for step in found.get("steps") or ():
        show(f"  {step['sentence']}")
    if found.get("decided"):
        _show_decision(found["decided"])


def _show_decision(decided: Document) -> None:
    proposed = f"{decided.get('kind')} by {decided.get('proposed_by')}"
    note = f"“{decided['note']}”" if decided.get("note") else ""
    show(joined(f"Release {decided['release']},", proposed, when(decided.get("at")), note))
    origin = decided.get("signed_in")
    for signed in decided.get("approved_by") or ():
        where = f" in release {origin}" if origin not in (None, decided["release"]) else ""
        show(f"  signed by {signed['email']} as {signed['role']}{where}")
    if decided.get("signed") is False:
        show("  not signed")
