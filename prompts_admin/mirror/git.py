"""The calls of git: GitPython, fixed sub-commands as argument lists, an environment of our own.

GitPython is imported on first use: it takes 0.1 s, and refuses to load where no git is installed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from prompts_admin.domain.errors import Unavailable

if TYPE_CHECKING:
    from git import Git

OLDEST = (2, 31)
"""The first git that takes its settings from GIT_CONFIG_COUNT."""
_NO_PROTOCOL = "none"
# Hooks, monitors and helpers of this machine would run programs of others; a remote that hangs ends by itself.
_SETTINGS = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("credential.helper", ""),
    ("gc.autoDetach", "false"),
    ("http.followRedirects", "false"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "30"),
)


@dataclass(frozen=True)
class Outcome:
    """What a git command answered: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Call:
    """How one command runs: time limit in seconds, input, protocols, extra settings, inherited files."""

    seconds: float = 600
    stdin: BinaryIO | None = None
    protocols: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    keep_open: tuple[int, ...] = ()


def available() -> str | None:
    """Return the reason why git cannot be used here, None when it can."""
    try:
        outcome = run(Path.cwd(), ["version"], Call(seconds=10))
    except Unavailable as error:
        return str(error)
    version = tuple(int(part) for part in re.findall(r"\d+", outcome.out)[:2])
    if outcome.status or version < OLDEST:
        return f"'{outcome.out.strip() or 'git'}' is too old; install git {OLDEST[0]}.{OLDEST[1]} or newer."
    return None


def run(folder: Path, arguments: Sequence[str], call: Call | None = None) -> Outcome:
    """Run `git arguments` on the bare repository `folder` and return what it answered, also when it failed.

    Raises Unavailable ("mirror_failed") when git cannot be started. A command beyond its limit is killed.
    """
    call = call or Call()
    git = _git()
    from git.exc import CommandError

    # GitPython cannot end a process on Windows; there the settings of `http.lowSpeed...` must do.
    limits: dict[str, Any] = {"kill_after_timeout": call.seconds, "pass_fds": call.keep_open}
    command = [str(git.GIT_PYTHON_GIT_EXECUTABLE), *arguments]
    try:
        status, out, err = git(folder if folder.is_dir() else folder.parent).execute(
            command,
            istream=call.stdin,
            with_extended_output=True,
            stdout_as_string=False,
            with_exceptions=False,
            strip_newline_in_stdout=False,
            env=environment(folder, call),
            **({} if sys.platform == "win32" else limits),
        )
    except (CommandError, OSError) as error:
        raise Unavailable("mirror_failed", "The program 'git' cannot be started.", "Install git.") from error
    return Outcome(status, out.decode("utf-8", "replace"), err)


def environment(folder: Path, call: Call) -> dict[str, str]:
    """Return the variables that make git deaf to the machine's settings and to the caller's repository."""
    settings = (*_SETTINGS, *call.settings)
    numbered = {f"GIT_CONFIG_KEY_{place}": key for place, (key, _) in enumerate(settings)}
    numbered |= {f"GIT_CONFIG_VALUE_{place}": value for place, (_, value) in enumerate(settings)}
    return numbered | {
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DIR": str(folder),
        "GIT_COMMON_DIR": str(folder),
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_NAMESPACE": "",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_SHALLOW_FILE": "",
        "GIT_ALLOW_PROTOCOL": ":".join(call.protocols) or _NO_PROTOCOL,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        # An operator's own command (a deploy key, a jump host) stays.
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20"),
    }


def _git() -> type[Git]:
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        from git import Git
    except ImportError as error:
        raise Unavailable(
            "mirror_failed",
            "GitPython or the program 'git' is missing.",
            "Install git and 'prompts-admin[server]'.",
        ) from error
    return Git
