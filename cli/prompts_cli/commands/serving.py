"""`get`, `explain`, `snapshot`, `readers`: what serving code gets and why, and which processes serve it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from prompts_cli.arguments import STAGES, key_argument
from prompts_cli.command_classes import command
from prompts_cli.failures import Failure
from prompts_cli.session import Session
from prompts_cli.times import moment_option
from prompts_cli.transport.client import artifact_path, path_of


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    split = [value.partition("=") for value in values]
    wrong = [name for name, equals, _ in split if not (name and equals)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is not NAME=VALUE.", ctx, param)
    return {name: value for name, _, value in split}


_user = click.option("--user", metavar="U", help="Targeting key: who asks.")
_group = click.option("--group", "groups", multiple=True, metavar="G", help="A group that the user is in.")
_attr = click.option(
    "--attr", "attributes", multiple=True, callback=_pairs, metavar="K=V", help="An attribute."
)


@command(
    "prompts-admin get support/triage --user u-17 --group internal",
    "prompts-admin get support/triage --stage beta --var ticket='My invoice is wrong' --json",
)
@key_argument()
@_user
@_group
@_attr
@click.option(
    "--var", "values", multiple=True, callback=_pairs, metavar="K=V", help="Render with this value."
)
@click.option("--stage", type=click.Choice(STAGES), help="Force a stage.")
@click.option("--version", type=click.IntRange(1), metavar="N", help="Force a version.")
def get_command(session: Session, key: str, **given: Any) -> None:
    """Show what serving code would get for a user; messages are rendered when --var is given."""
    from prompts_cli.views.serving import show_value

    if given["stage"] and given["version"]:
        raise click.UsageError("--stage and --version exclude each other.")
    forced = {name: given[name] for name in ("stage", "version") if given[name]}
    path = path_of("resolve", *key.split("/"))
    found = _resolved(session, key, {**_context_query(given), **forced})
    if given["values"]:
        declared = found["value"].get("variables") or {}
        values = {
            name: _value(text, declared.get(name, {}).get("type", "string"))
            for name, text in given["values"].items()
        }
        context = {"groups": list(given["groups"]), "attributes": given["attributes"]}
        context |= {"user": given["user"]} if given["user"] else {}
        found = session.client.post(path, {"context": context, "values": values, **forced})
    session.output.answer(found, show_value)


def _resolved(session: Session, key: str, query: dict[str, Any]) -> Any:
    """Return what is active; a key that does not exist is refused by who knows the one that was meant.

    A token that only serves may not ask there: it gets the first refusal.
    """
    try:
        return session.client.get(path_of("resolve", *key.split("/")), **query)
    except Failure as first:
        if first.code != "not_found" or "reason" in first.problem:
            raise
        try:
            session.client.get(artifact_path(key))
        except Failure as second:
            raise (second if second.code == "not_found" else first) from None
        raise


@command("prompts-admin explain support/triage --user u-17 --at 2026-11-20T18:00")
@key_argument()
@_user
@_group
@_attr
@click.option("--at", callback=moment_option, metavar="TIME", help="As of this time.")
def explain_command(session: Session, key: str, at: str | None, **given: Any) -> None:
    """Show why a user gets what they get, step by step, and who decided it."""
    from prompts_cli.views.serving import show_explanation

    found = session.client.get("/explain", key=key, at=at, **_context_query(given))
    session.output.answer(found, show_explanation)


@command("prompts-admin snapshot --output snapshot.json")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file."
)
def snapshot_command(session: Session, output: Path | None) -> None:
    """Print the document that serving code works from, or write it to a file."""
    document = session.client.get("/snapshot")
    if output is None:
        from prompts_cli.output import print_json

        print_json(document)
        return
    from prompts_cli.paths import write_whole

    write_whole(output, json.dumps(document, ensure_ascii=False).encode())
    written = {"file": str(output), "revision": document.get("revision")}
    session.output.answer(written, lambda _: session.output.hint(f"Revision {written['revision']}: {output}"))


@command("prompts-admin readers", "prompts-admin readers --revision 812 --json")
@click.option("--revision", type=click.IntRange(0), metavar="N", help="Hold them against this revision.")
def readers_command(session: Session, revision: int | None) -> None:
    """List the readers that were heard lately, those behind first, and for how long they are."""
    from prompts_cli.views.readers import show_readers

    query = {} if revision is None else {"revision": revision}
    session.output.answer(session.client.get("/readers", **query), show_readers)


def _context_query(given: dict[str, Any]) -> dict[str, Any]:
    attributes = {f"attr.{name}": value for name, value in given["attributes"].items()}
    return {"user": given["user"], "group": list(given["groups"]), **attributes}


def _value(text: str, declared: str) -> Any:
    """Read the value of a variable that is no string as JSON; what is no JSON goes as it stands, to be refused."""
    if declared in ("string", "enum"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
