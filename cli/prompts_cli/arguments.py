"""Keys and references as arguments: `support/triage`, `support/triage@7`, `support/triage@beta`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from prompts_admin.domain.keys import Reference

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Decorator = Callable[[Decorated], Decorated]

STAGES = ("internal", "beta", "full")
COMPLETION_SECONDS = 0.5


def key_argument(name: str = "key", *, completed: bool = True) -> Decorator[Any]:
    """Declare an argument that is a key."""
    complete = complete_keys if completed else None
    return click.argument(name, callback=_key, metavar=name.upper(), shell_complete=complete)


def reference_argument(name: str = "key", *, required: bool = True) -> Decorator[Any]:
    """Declare an argument that is a key, perhaps with a version or a stage."""
    metavar = f"{name.upper()}[@V]"
    return click.argument(
        name, required=required, callback=_reference, metavar=metavar, shell_complete=complete_keys
    )


def references_argument(name: str = "keys") -> Decorator[Any]:
    """Declare any number of keys, each perhaps with a version; the function gets a tuple of references."""
    metavar = "KEY[@V]..."
    return click.argument(name, nargs=-1, callback=_references, metavar=metavar, shell_complete=complete_keys)


def complete_keys(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ask the server for keys, for half a second at most and never by starting the application."""
    from click.shell_completion import CompletionItem

    from prompts_cli.failures import Failure

    try:
        found = _keys(ctx, incomplete)
    except (Failure, OSError, KeyError, TypeError):
        return []
    return [CompletionItem(key) for key in found if key.startswith(incomplete)]


def _keys(ctx: click.Context, incomplete: str) -> list[str]:
    from prompts_cli.options import NAMES, Options
    from prompts_cli.server_choice import connect_briefly

    given = {**ctx.find_root().params, **ctx.params}
    options = Options().overridden({name: given.get(name) for name in NAMES})
    client = connect_briefly(options, os.environ, COMPLETION_SECONDS)
    if client is None:
        return []
    with closing(client):
        return [str(item["key"]) for item in client.items("/artifacts", limit=200, q=incomplete)]


def _key(ctx: click.Context, param: click.Parameter, value: str) -> str:
    from prompts_admin.domain.errors import ProductError
    from prompts_admin.domain.keys import parse_key

    try:
        return parse_key(value)
    except ProductError as error:
        raise click.BadParameter(str(error), ctx, param) from None


def _reference(ctx: click.Context, param: click.Parameter, value: str | None) -> Reference | None:
    from prompts_admin.domain.errors import ProductError
    from prompts_admin.domain.keys import parse_reference

    if value is None:
        return None
    try:
        return parse_reference(value)
    except ProductError as error:
        raise click.BadParameter(str(error), ctx, param) from None


def _references(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(_reference(ctx, param, value) for value in values)
