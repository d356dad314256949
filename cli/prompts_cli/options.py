"""The global options, which every command takes before or after its name."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

import click

NAMES = ("json", "url", "token", "data", "act_as")


@dataclass(frozen=True)
class Options:
    """What the global options said; None or False where nothing was said."""

    json: bool = False
    url: str | None = None
    token: str | None = None
    data: str | None = None
    act_as: str | None = None

    def overridden(self, values: Mapping[str, Any]) -> Options:
        """Return these options with those of `values` that were given."""
        return replace(self, **{name: value for name, value in values.items() if value})


def global_options(taken: frozenset[str] = frozenset()) -> list[click.Option]:
    """Make the global options anew, without those whose names a command has `taken` for itself."""
    made = [
        click.Option(
            ["--json"], is_flag=True, help="Print the answer as JSON on standard output, nothing else."
        ),
        click.Option(["--url"], metavar="URL", help="Server to speak to.  [env: PROMPTS_ADMIN_URL]"),
        click.Option(["--token"], metavar="T", help="API token to send.  [env: PROMPTS_ADMIN_TOKEN]"),
        click.Option(["--data"], metavar="DIR", help="Local data folder.  [env: PROMPTS_ADMIN_DATA]"),
        click.Option(
            ["--as", "act_as"], metavar="EMAIL", help="Act as this person (stores of `up --demo` only)."
        ),
    ]
    return [option for option in made if not taken & set(option.opts)]


def take_globals(values: MutableMapping[str, Any]) -> dict[str, Any]:
    """Take the global options out of a command's parameter values and return them."""
    return {name: values.pop(name) for name in NAMES if name in values}
