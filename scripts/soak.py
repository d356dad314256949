"""Run the random tests at length, round after round, each with a seed that is told and can be given again.

    python -m scripts.soak [--seed N] [--minutes M] [-- ARGUMENTS OF PYTEST]

The first round looks with the seed that is given, or with a new one, and each later round with the next. The first
round that finds something is the last, and tells the command that finds the same again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence

TIMES = 5
"""How many times as many examples a round looks at as `make test`: about three minutes on two quiet cores."""

RANDOM = "hypothesis or soak"
"""What is run: whatever Hypothesis drives, and what is marked for `make soak` alone."""

_MOST_SEED = 2**32
_ONE_TEST = 1800
"""Seconds that one test may take."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run rounds until the minutes are over; return 0, or pytest's code where a round found something."""
    asked = _parser().parse_args(arguments)
    began, seed = time.monotonic(), asked.seed
    while True:
        print(f"==> Soaking with seed {seed}", file=sys.stderr, flush=True)
        code = _round(seed, asked.tests)
        if code:
            print(_again(seed, asked.tests), file=sys.stderr)
            return code
        if time.monotonic() - began >= asked.minutes * 60:
            return 0
        seed = (seed + 1) % _MOST_SEED


def _round(seed: int, tests: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadgroup", "-m", RANDOM]
    command += [f"--hypothesis-seed={seed}", f"--randomly-seed={seed}", f"--timeout={_ONE_TEST}", *tests]
    environment = {**os.environ, "TESTS_SOAK": str(TIMES)}
    return subprocess.run(command, env=environment, check=False).returncode


def _again(seed: int, tests: Sequence[str]) -> str:
    """Return what to do about a finding."""
    only = f' PYTEST_ARGS="{shlex.join(tests)}"' if tests else ""
    return (
        f"==> The same again: make soak SEED={seed} MINUTES=0{only}\n"
        "==> Once it is mended, what it found becomes a fixed case in `make test`: see CONTRIBUTING.md"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.soak", description="Run random tests at length.")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(_MOST_SEED))
    parser.add_argument("--minutes", type=float, default=20.0, help="begin no round after these")
    parser.add_argument("tests", nargs="*", help="arguments for pytest")
    return parser


if __name__ == "__main__":
    sys.exit(main())
