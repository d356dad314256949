"""Help: everybody finds every command, each with an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click
import pytest

from prompts_cli.command_table import SECTIONS
from prompts_cli.main import root
from tests.cli.scripted import Ran


def every_command() -> Iterator[tuple[str, ...]]:
    """Yield the words of each command and sub-command."""
    context = click.Context(root())
    for name in root().list_commands(context):
        found = root().get_command(context, name)
        yield (name,)
        if isinstance(found, click.Group):
            yield from ((name, sub) for sub in found.list_commands(context))


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...], run: Callable[..., Ran]) -> None:
    """`--help` of each command says what it does and shows it in use."""
    ran = run(*words, "--help", remote=False)
    assert (0, "") == (ran.code, ran.err)
    example = ran.out.partition("Example")[2]
    assert "prompts-admin " + " ".join(words) in example
    assert "--json" in ran.out


def test_the_table_and_the_commands_agree() -> None:
    """Each entry of the static table leads to the command of that name."""
    context = click.Context(root())
    for _, entries in SECTIONS:
        for entry in entries:
            found = root().get_command(context, entry.name)
            assert found is not None and found.help, entry.name


def test_help_lists_every_command_of_the_contract(run: Callable[..., Ran]) -> None:
    """The commands that DESIGN promises stand in the help."""
    ran = run("--help", remote=False)
    promised = (
        "up serve db doctor status show history diff releases release waiting get explain audit save edit copy "
        "archive unarchive settings promote approve refuse take-back apply withdraw rollback undo restore user token "
        "import export backup restore-backup snapshot login mirror"
    )
    for name in promised.split():
        assert f"\n  {name} " in ran.out


def test_an_unknown_command_is_a_usage_error(run: Callable[..., Ran]) -> None:
    """A slip in a command's name ends with 2 and the way to the help."""
    ran = run("promot")
    assert ran.code == 2
    assert "error: " in ran.err and "next: prompts-admin --help" in ran.err


def test_without_arguments_the_help_is_shown(run: Callable[..., Ran]) -> None:
    """The bare command is a question for help."""
    ran = run(remote=False)
    assert "Usage: prompts-admin" in ran.out + ran.err
