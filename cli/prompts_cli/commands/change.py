"""`copy`, `archive`, `unarchive`."""

from __future__ import annotations

from prompts_cli.arguments import key_argument
from prompts_cli.command_classes import command
from prompts_cli.session import Session
from prompts_cli.transport.client import artifact_path


@command("prompts-admin copy support/triage support/triage-short")
@key_argument()
@key_argument("new", completed=False)
def copy_command(session: Session, key: str, new: str) -> None:
    """Copy the latest version of an artifact to a new key; keys never change, so this is how to rename."""
    from prompts_cli.views.artifacts import show_saved

    session.output.answer(session.client.post(artifact_path(key, "copy"), {"key": new}), show_saved)


@command("prompts-admin archive support/triage-short")
@key_argument()
def archive_command(session: Session, key: str) -> None:
    """Archive an artifact that is live nowhere and pinned by nothing live."""
    answer = session.client.post(artifact_path(key, "archive"))
    told = f"'{key}' is archived. Back again: prompts-admin unarchive {key}"
    session.output.answer(answer, lambda _: session.output.hint(told))


@command("prompts-admin unarchive support/triage-short")
@key_argument(completed=False)
def unarchive_command(session: Session, key: str) -> None:
    """Take an archived artifact into use again; what its versions are stays as it was."""
    answer = session.client.post(artifact_path(key, "unarchive"))
    session.output.answer(answer, lambda _: session.output.hint(f"'{key}' is in use again."))
