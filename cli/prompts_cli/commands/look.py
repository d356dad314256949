"""`status`, `show`, `history`, `diff`: what is live, and what a version says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prompts_cli.arguments import key_argument, reference_argument
from prompts_cli.command_classes import command
from prompts_cli.failures import failure
from prompts_cli.session import Session
from prompts_cli.transport.client import artifact_path

if TYPE_CHECKING:
    from prompts_admin.domain.keys import Reference

STATUS_FIELDS = ("key", "feature", "kind", "description", "latest", "archived", "stages", "waiting")
"""What a row of the status has; an artifact by itself has more."""


@command("prompts-admin status", "prompts-admin status support --json", "prompts-admin status support/triage")
@click.argument("feature", required=False, metavar="[FEATURE|KEY]")
@click.option("--q", metavar="TEXT", help="Only artifacts whose key or description has this text.")
def status_command(session: Session, feature: str | None, q: str | None) -> None:
    """Show what is live on which stage: of everything, of a feature, or of one artifact.

    A candidate is shown with its share, the settled version in brackets: `v8 10 % (v7)`.
    """
    from prompts_cli.views.artifacts import show_status

    if feature and ("/" in feature or "." in feature):
        found = [_row(session, feature)]
    else:
        found = session.client.items("/status", feature=feature, q=q)
    session.output.answer(found, show_status)


@command("prompts-admin show support/triage@7", "prompts-admin show support/triage@beta")
@reference_argument()
def show_command(session: Session, key: Reference) -> None:
    """Show one version of an artifact: the newest, a numbered one, or what a stage serves."""
    from prompts_cli.views.artifacts import show_version

    artifact = session.client.get(artifact_path(key.key))
    number = version_number(key, artifact)
    version = session.client.get(artifact_path(key.key, "versions", number))
    known = {name: artifact.get(name) for name in ("kind", "latest", "stages", "archived", "classification")}
    session.output.answer({**known, **version}, show_version)


@command("prompts-admin history support/triage")
@key_argument()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def history_command(session: Session, key: str, limit: int) -> None:
    """Show what was live when, and who decided it; newest first."""
    from prompts_cli.views.artifacts import show_history

    found = session.client.items(artifact_path(key, "history"), limit=limit)
    session.output.answer(found, show_history)


@command(
    "prompts-admin diff support/triage@6 support/triage@7",
    "prompts-admin diff support/triage@full support/triage@beta",
    "prompts-admin diff support/triage",
)
@reference_argument("a")
@reference_argument("b", required=False)
def diff_command(session: Session, a: Reference, b: Reference | None) -> None:
    """Show what changes from A to B, two versions of one artifact.

    Without B, to the newest version; KEY alone, from what is live on `full` to the newest.
    """
    from prompts_cli.views.diffs import show_diff

    if b is not None and b.key != a.key:
        raise failure(
            "malformed",
            f"'{a.key}' and '{b.key}' are two artifacts.",
            "Compare two versions of one artifact.",
        )
    old = a.version or a.stage or ("full" if b is None else "latest")
    new = (b and (b.version or b.stage)) or "latest"
    found = session.client.get(artifact_path(a.key, "diff"), **{"from": str(old), "to": str(new)})
    session.output.answer(found, show_diff)


def version_number(reference: Reference, artifact: dict[str, Any]) -> int:
    """Return the number of the version that a reference names; raises Failure when a stage serves none."""
    if reference.version is not None:
        return reference.version
    if reference.stage is None:
        return int(artifact["latest"])
    cell = (artifact.get("stages") or {}).get(reference.stage)
    if not cell or cell.get("version") is None:
        detail = f"Nothing of '{reference.key}' is live on '{reference.stage}'."
        raise failure("not_found", detail, f"prompts-admin status --q {reference.key}")
    return int(cell["version"])


def _row(session: Session, text: str) -> dict[str, Any]:
    """Return one artifact as a row of the status; raises Failure with the key that was probably meant."""
    from prompts_admin.domain.errors import ProductError
    from prompts_admin.domain.keys import parse_reference

    try:
        key = parse_reference(text).key
    except ProductError as error:
        raise failure("malformed", error.detail, error.sentence) from None
    artifact = dict(session.client.get(artifact_path(key)))
    return {name: artifact[name] for name in STATUS_FIELDS if name in artifact}
