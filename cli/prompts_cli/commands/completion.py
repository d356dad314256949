"""`completion`: the script that makes a shell complete commands, options and keys."""

from __future__ import annotations

import click

from prompts_cli.command_classes import command
from prompts_cli.failures import failure
from prompts_cli.session import Session

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PROMPTS_ADMIN_COMPLETE"


@command('eval "$(prompts-admin completion bash)"', "prompts-admin completion fish | source")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(session: Session, shell: str) -> None:
    """Print the completion script of a shell; add it to the shell's start file."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    context = click.get_current_context().find_root()
    if made is None:
        raise failure("malformed", f"There is no completion for '{shell}'.", "Use bash, zsh or fish.")
    script = made(context.command, {}, "prompts-admin", VARIABLE).source()
    session.output.answer({"shell": shell, "script": script}, lambda _: click.echo(script))
