"""The classes of commands: found by a static table, imported when used, with examples and the global options."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import click

from prompts_cli.command_table import SECTIONS, Entry
from prompts_cli.failures import Failure, of_machine
from prompts_cli.options import Options, global_options, take_globals
from prompts_cli.session import Session

Function = Callable[..., None]
Made = TypeVar("Made", bound="_WithExample")


class _WithExample(click.Command):
    """A command whose help ends with examples and which takes the global options as well as its own."""

    examples: tuple[str, ...] = ()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, without the arguments that the usage line names already."""
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        with formatter.section("Options"):
            formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        formatter.write("\nAlso --url, --token, --data and --as: see `prompts-admin --help`.\n")


class Command(_WithExample):
    """A command of the command line."""


class Group(_WithExample, click.Group):
    """A command with sub-commands."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the sub-commands."""
        _WithExample.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def sub(self, name: str, *examples: str) -> Callable[[Function], Command]:
        """Make a sub-command of a function, as `command` does."""

        def decorate(function: Function) -> Command:
            made = command(*examples, name=name)(function)
            self.add_command(made)
            return made

        return decorate


class Root(click.Group):
    """The command line itself: knows its commands from a table and imports the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        return [entry.name for _, entries in SECTIONS for entry in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command and return the command."""
        entry = _entries().get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"prompts_cli.commands.{entry.module}")
        found: click.Command = getattr(module, entry.attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands, section by section."""
        for title, entries in SECTIONS:
            with formatter.section(title):
                formatter.write_dl([(entry.name, entry.help) for entry in entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete command names from the table, so that nothing need be imported."""
        from click.shell_completion import CompletionItem

        entries = _entries().values()
        found = [CompletionItem(e.name, help=e.help) for e in entries if e.name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


def command(*examples: str, **attributes: Any) -> Callable[[Function], Command]:
    """Make a command of a function that takes the Session and its own parameters; the docstring is the help."""

    def decorate(function: Function) -> Command:
        made = click.command(cls=Command, **attributes)(_in_session(function))
        return _finished(made, examples)

    return decorate


def group(*examples: str, **attributes: Any) -> Callable[[Function], Group]:
    """Make a command with sub-commands; the function itself runs when none is named."""

    def decorate(function: Function) -> Group:
        @functools.wraps(function)
        def run(**values: Any) -> None:
            context = click.get_current_context()
            if context.invoked_subcommand is None:
                _in_session(function)(**values)
            else:
                context.obj = _options(context).overridden(take_globals(values))

        made = click.group(cls=Group, invoke_without_command=True, **attributes)(run)
        return _finished(made, examples)

    return decorate


def _finished(made: Made, examples: tuple[str, ...]) -> Made:
    taken = frozenset(name for param in made.params for name in param.opts)
    extra = global_options(taken)
    for option in extra:
        option.hidden = option.name not in ("json", *getattr(made, "shown", ()))
    made.params.extend(extra)
    made.examples = examples
    return made


def _in_session(function: Function) -> Function:
    @functools.wraps(function)
    def run(**values: Any) -> None:
        context = click.get_current_context()
        session = Session(_options(context).overridden(take_globals(values)))
        try:
            function(session, **values)
        except (Failure, OSError) as error:
            # A reader that went away is no failure of the command: `main` ends quietly.
            if isinstance(error, BrokenPipeError):
                raise
            found = error if isinstance(error, Failure) else of_machine(error)
            session.output.failed(found)
            context.exit(found.exit_code)
        finally:
            session.close()

    return run


def _options(context: click.Context) -> Options:
    return context.obj if isinstance(context.obj, Options) else Options()


def _entries() -> dict[str, Entry]:
    return {entry.name: entry for _, entries in SECTIONS for entry in entries}
