"""Completion: commands from the table, keys from the server, nothing when there is none."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from prompts_cli.arguments import complete_keys
from prompts_cli.main import root
from tests.cli.scripted import Ran, ScriptedServer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed(shell: str, run: Callable[..., Ran]) -> None:
    """`completion SHELL` prints what a shell's start file can evaluate."""
    ran = run("completion", shell, remote=False)
    assert (0, True) == (ran.code, "_PROMPTS_ADMIN_COMPLETE" in ran.out)


def test_commands_are_completed_from_the_table() -> None:
    """The names that begin with what is typed, with their help."""
    found = root().shell_complete(click.Context(root()), "re")
    assert ["releases", "release", "readers", "refuse", "restore", "restore-backup"] == [
        item.value for item in found
    ]


def test_keys_are_completed_from_the_server(server: ScriptedServer, home: object) -> None:
    """Keys that begin with what is typed; a server that is away gives none and no error."""
    server.script["GET", "/artifacts"] = {
        "items": [{"key": "support/triage"}, {"key": "sales/x"}],
        "next": None,
    }
    context = click.Context(root())
    context.params = {"url": server.url}
    argument = click.Argument(["key"])
    assert ["support/triage"] == [item.value for item in complete_keys(context, argument, "sup")]
    context.params = {"url": "http://127.0.0.1:1"}
    assert [] == complete_keys(context, argument, "sup")
    context.params = {}
    assert [] == complete_keys(context, argument, "sup")
