"""Arguments that are keys or references: `support/triage`, `support/triage@7`, `support/triage@beta`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Parsed = TypeVar("Parsed")
Decorator = Callable[[Decorated], Decorated]

STAGES = ("internal", "beta", "full")
# A person waits at the prompt: no completion is better than a late one.
COMPLETION_SECONDS = 0.5


def key_argument(name: str = "key", *, completed: bool = True) -> Decorator[Any]:
    """Declare an argument that is a key."""
    complete = complete_keys if completed else None

    def read_key(ctx: click.Context, param: click.Parameter, value: str) -> str:
        from prompts_admin.domain.keys import parse_key

        return _parsed(parse_key, ctx, param, value)

    return click.argument(name, callback=read_key, metavar=name.upper(), shell_complete=complete)


def reference_argument(name: str = "key", *, required: bool = True) -> Decorator[Any]:
    """Declare an argument that is a key, perhaps with a version or a stage."""
    metavar = f"{name.upper()}[@V]"
    return click.argument(
        name, required=required, callback=_reference, metavar=metavar, shell_complete=complete_keys
    )


def references_argument(name: str = "keys") -> Decorator[Any]:
    """Declare any number of keys, each perhaps with a version; the function gets a tuple of references."""
    metavar = "KEY[@V]..."
    return click.argument(name, nargs=-1, callback=_reference, metavar=metavar, shell_complete=complete_keys)


def complete_keys(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ask the server for keys, for half a second at most and never by starting the application."""
    from click.shell_completion import CompletionItem

    from prompts_cli.failures import Failure
    from prompts_cli.options import NAMES, Options
    from prompts_cli.server_choice import connect_briefly

    given = {**ctx.find_root().params, **ctx.params}
    options = Options().overridden({name: given.get(name) for name in NAMES})
    try:
        client = connect_briefly(options, os.environ, COMPLETION_SECONDS)
        if client is None:
            return []
        with closing(client):
            found = [str(item["key"]) for item in client.items("/artifacts", limit=200, q=incomplete)]
    except (Failure, OSError, KeyError, TypeError):
        return []
    return [CompletionItem(key) for key in found if key.startswith(incomplete)]


def _reference(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    from prompts_admin.domain.keys import parse_reference

    if isinstance(value, tuple):
        return tuple(_parsed(parse_reference, ctx, param, one) for one in value)
    return None if value is None else _parsed(parse_reference, ctx, param, value)


def _parsed(parse: Callable[[str], Parsed], ctx: click.Context, param: click.Parameter, text: str) -> Parsed:
    from prompts_admin.domain.errors import ProductError

    try:
        return parse(text)
    except ProductError as error:
        raise click.BadParameter(str(error), ctx, param) from None
