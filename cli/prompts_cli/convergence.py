"""Convergence: waiting until every reader serves a revision, and the line that tells how many do."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import click

from prompts_cli.session import Session

LOOK_SECONDS = 0.1
LONGEST_SECONDS = 3_600
WIDTH = 24


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_SECONDS:
        said = f"{value!r} is no number of seconds up to {LONGEST_SECONDS}. KEY goes before --wait."
        raise click.BadParameter(said, ctx, param)
    return seconds


def wait_option(command: Any) -> Any:
    """Add `--wait [SECONDS]` to a command."""
    return click.option(
        "--wait",
        callback=_seconds,
        is_flag=False,
        flag_value="30",
        metavar="[SECONDS]",
        help="Wait until every live reader serves it (default: 30 seconds); exit 1 when some do not.",
    )(command)


def converge(session: Session, revision: int, seconds: float) -> dict[str, Any]:
    """Ask until every live reader is on `revision` or the time is over; return the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = session.client.get("/readers", revision=revision)
        is_over = not found["behind"] or time.monotonic() >= deadline
        if sys.stderr.isatty() and (is_over or found["live"]):
            filled = WIDTH * found["on"] // (found["live"] or 1)
            bar = "█" * filled + "░" * (WIDTH - filled)
            # The bar is taken away at the end: the answer tells the same.
            sys.stderr.write("\r\x1b[K" + ("" if is_over else f"{bar} {convergence_line(found)} "))
            sys.stderr.flush()
        if is_over:
            return found
        time.sleep(LOOK_SECONDS)


def convergence_line(found: Mapping[str, Any]) -> str:
    """Return "37 of 40 readers on revision 812", and who is not counted in it."""
    asking = found.get("asking") or 0
    clients = "client that only asks" if asking == 1 else "clients that only ask"
    beside = f"; {asking} {clients}, seen in the last minute" if asking else ""
    if not found["live"]:
        return f"no readers are connected; nobody had to be waited for{beside}"
    readers = "reader" if found["live"] == 1 else "readers"
    return f"{found['on']} of {found['live']} {readers} on revision {found['revision']}{beside}"
