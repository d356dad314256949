"""What a user gets, as people read it."""

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
        _show_message(message)
    rest = {name: part for name, part in value.items() if name not in ("messages", "text") and part}
    if value.get("text") is not None:
        show("", value["text"])
    if rest:
        show("", json.dumps(rest, indent=2, ensure_ascii=False))


def show_explanation(found: Document) -> None:
    """Print why a user gets what they get."""
    answer = found.get("answer")
    if isinstance(answer, Mapping) and answer.get("version") is not None:
        title = f"{found['key']}@{answer['version']}"
        show(joined(styled(title, "bold"), answer.get("stage"), answer.get("reason"), gap=" · "))
    else:
        show(joined(styled(found["key"], "bold"), "nothing; the caller's default counts", gap=" · "))
    for step in found.get("steps") or ():
        show(f"  {_step(step)}")
    _show_decision(found)


def _show_decision(found: Document) -> None:
    if found.get("release") is None:
        return
    release = found["release"]
    number = release.get("number") if isinstance(release, Mapping) else release
    show(f"Release {number}, proposed by {found.get('proposed_by')}")
    for signed in found.get("approved_by") or ():
        show(f"  signed by {_signer(signed)}")


def _show_message(message: Document) -> None:
    if "placeholder" in message:
        show("", joined(styled(f"[{message['placeholder']}]", "dim")))
        return
    content = message.get("content")
    text = content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)
    show("", styled(f"{message.get('role')}:", "bold"), text)


def _step(step: Any) -> str:
    if not isinstance(step, Mapping):
        return str(step)
    if step.get("sentence"):
        return str(step["sentence"])
    return ", ".join(f"{name} {value}" for name, value in step.items() if value not in (None, ""))


def _signer(signed: Any) -> str:
    if not isinstance(signed, Mapping):
        return str(signed)
    return f"{signed.get('email')} as {signed.get('role')} {when(signed.get('at'))}".rstrip()
