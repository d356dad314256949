"""The main function of the command line: runs one command and returns its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from prompts_cli.command_classes import Root
from prompts_cli.failures import FAILED, failure
from prompts_cli.options import Options, global_options, take_globals
from prompts_cli.output import Output

NAME = "prompts-admin"
INTERRUPTED = 130
EPILOG = (
    "\b\nExamples:\n"
    "  prompts-admin up --demo\n"
    "  prompts-admin status support\n"
    "  prompts-admin promote support/triage --to beta --percent 10\n"
    "  prompts-admin rollback support/triage@7\n\n"
    "\b\nExit codes: 0 done, or waiting as asked; 1 refused or failed; 2 usage; 3 not found;\n"
    "4 conflict or stale; 5 not permitted; 6 server unreachable."
)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line with `args` (default: the process's own) and return the exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character must not turn an answer into a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code = root().main(arguments, prog_name=NAME, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else NAME
        found = failure("malformed", error.format_message(), f"{path} --help")
        Output(json="--json" in arguments).failed(found)
        return found.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Interrupted.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at exit; point it somewhere that takes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def root() -> Root:
    """Make the command line's root group."""
    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Show the version and leave.",
    )
    return Root(
        NAME,
        params=[*global_options(), version],
        callback=_note_options,
        help="The release manager for prompts: staged rollout, sign-off, one-step rollback.",
        epilog=EPILOG,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _note_options(**values: Any) -> None:
    click.get_current_context().obj = Options().overridden(take_globals(values))


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"{NAME} {version(NAME)}")
        ctx.exit()
