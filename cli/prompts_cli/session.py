"""The session: one run of one command, with its options, its output, and the client once it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prompts_cli.options import Options
from prompts_cli.output import Output
from prompts_cli.paths import data_folder

if TYPE_CHECKING:
    from prompts_cli.transport.client import Client


class Session:
    """What a command works with."""

    def __init__(self, options: Options, *, environ: Mapping[str, str] | None = None) -> None:
        self.options = options
        self.environ = os.environ if environ is None else environ
        self.output = Output(json=options.json)

    @cached_property
    def client(self) -> Client:
        """The client, connected as the options, the environment or the stored login say."""
        from prompts_cli.server_choice import connect

        return connect(self.options, self.environ)

    @property
    def data(self) -> Path:
        """The local data folder."""
        return data_folder(self.environ, self.options.data)

    @property
    def interactive(self) -> bool:
        """True when a person can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def close(self) -> None:
        """Give back the client, if one was made."""
        if "client" in vars(self):
            self.client.close()
