"""What a command imports: little for the help, nothing of the server for a remote command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import shapes
from tests.cli.scripted import ScriptedServer

HEAVY = {
    "flask",
    "werkzeug",
    "sqlalchemy",
    "alembic",
    "rich",
    "deepdiff",
    "git",
    "pydantic",
    "psycopg",
    "ruamel",
}
PROGRAM = """
import json, sys
from prompts_cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("\\n" + json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def imported(home: Path, *arguments: str) -> tuple[int, set[str]]:
    """Run a command in a process of its own; return its exit code and the packages it imported."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PROMPTS_ADMIN_")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True, env=environ
    )
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [("--help",), ("promote", "--help"), ("--version",)], ids=" ".join)
def test_help_imports_no_library_of_the_server(home: Path, arguments: tuple[str, ...]) -> None:
    """Help is there at once: no web framework, no database, no rich, no HTTP client."""
    code, modules = imported(home, *arguments)
    assert (0, set()) == (code, modules & (HEAVY | {"http", "ssl"}))


def test_a_remote_command_imports_no_library_of_the_server(home: Path, server: ScriptedServer) -> None:
    """A remote rollback with --json needs the standard library and click, and no rich."""
    server.script["POST", "/rollbacks"] = shapes.ROLLBACK
    code, modules = imported(home, "rollback", "support/triage@8", "--url", server.url, "--json")
    assert (0, set()) == (code, modules & HEAVY)


def test_a_remote_table_needs_rich_alone(home: Path, server: ScriptedServer) -> None:
    """What a person reads is drawn by rich; the server's libraries stay away."""
    server.script["GET", "/status"] = {"items": [shapes.STATUS], "next": None}
    code, modules = imported(home, "status", "--url", server.url)
    assert (0, {"rich"}) == (code, modules & HEAVY)


def test_a_local_command_imports_no_migrations_and_no_pages(filled: Path) -> None:
    """A store that is current is opened without Alembic, and the API is built without the pages."""
    code, modules = imported(filled, "--data", str(filled), "status", "--json")
    assert (0, set()) == (code, modules & {"alembic", "mako", "deepdiff", "git", "detect_secrets", "apprise"})
