"""The entry of the `prompts-admin` script: starts the command line, or says which extra is missing."""

from __future__ import annotations

import sys
from importlib import import_module

CLI_MODULES = frozenset({"click", "rich"})
SERVER_MODULES = frozenset(
    {
        "a2wsgi",
        "alembic",
        "apprise",
        "argon2",
        "deepdiff",
        "detect_secrets",
        "flask",
        "git",
        "httptools",
        "markdown_it",
        "psycopg",
        "pydantic",
        "rfc8785",
        "ruamel",
        "sqlalchemy",
        "typing_extensions",
        "uvicorn",
        "uvloop",
        "zxcvbn",
    }
)
EXIT_FAILED = 1


def main() -> int:
    """Run the command line and return its exit code; without its libraries, print the install line."""
    try:
        code = import_module("prompts_cli.main").main()
    except ModuleNotFoundError as error:
        extra = extra_for(error.name)
        if extra is None:
            raise
        sys.stderr.write(install_line(error.name or "", extra))
        return EXIT_FAILED
    return int(code or 0)


def extra_for(module: str | None) -> str | None:
    """Name the extra that brings `module`; None for a module that no extra brings."""
    root = (module or "").partition(".")[0]
    if root in CLI_MODULES:
        return "cli"
    return "server" if root in SERVER_MODULES else None


def install_line(module: str, extra: str) -> str:
    """Say what is missing and the one command that brings it."""
    return (
        f"prompts-admin: this command needs '{module}', which is not installed.\n"
        f"Install it with: pip install 'prompts-admin[{extra}]'\n"
    )
