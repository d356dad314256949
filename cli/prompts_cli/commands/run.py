"""`up`, `serve`, `db`, `doctor`: the server and its store on this machine."""

from __future__ import annotations

import click

from prompts_cli.command_classes import command
from prompts_cli.local import store as local_store
from prompts_cli.output import print_text
from prompts_cli.session import Session

_host = click.option("--host", metavar="H", help="Address to listen on.  [default: 127.0.0.1]")
_port = click.option("--port", type=click.IntRange(0, 65535), metavar="P", help="Port.  [default: 8080]")


@command("prompts-admin up --demo", "prompts-admin up --data ./data --port 9000")
@click.option("--demo", is_flag=True, help="With sample people to sign in as by one click; loopback only.")
@_host
@_port
def up_command(session: Session, demo: bool, host: str | None, port: int | None) -> None:
    """Migrate, load the samples on the first start, and serve pages and API until stopped."""
    from prompts_admin.server.process import run

    settings = local_store.settings_for(session.options, session.environ, host=host, port=port)
    with local_store.as_failures():
        run(settings, demo=demo, migrate=True)


@command("prompts-admin serve --host 0.0.0.0 --port 8080")
@_host
@_port
def serve_command(session: Session, host: str | None, port: int | None) -> None:
    """Serve a store that is up to date; nothing is migrated and nothing loaded."""
    from prompts_admin.server.process import run

    settings = local_store.settings_for(session.options, session.environ, host=host, port=port)
    with local_store.as_failures():
        run(settings, demo=False, migrate=False)


@command("prompts-admin db upgrade", "prompts-admin db current --json")
@click.argument("what", type=click.Choice(["upgrade", "current"]))
def db_command(session: Session, what: str) -> None:
    """Bring the database to the schema of this program, or tell which one it has."""
    from prompts_cli.local.schema import schema

    answer = schema(local_store.settings_for(session.options, session.environ), upgrade=what == "upgrade")
    state = "up to date" if answer["current"] == answer["head"] else "behind: prompts-admin db upgrade"
    line = f"schema {answer['current'] or 'none'}, this program's {answer['head']}: {state}\n"
    session.output.answer(answer, lambda _: print_text(line))


@command("prompts-admin doctor")
def doctor_command(session: Session) -> None:
    """Tell what is missing or off: data folder, database, git, mail, the editor's bundle."""
    from prompts_cli.doctor import examine, show_findings

    findings = examine(session)
    works = all(finding["state"] != "broken" for finding in findings)
    session.output.answer({"ok": works, "findings": findings}, show_findings)
    if not works:
        raise click.exceptions.Exit(1)
