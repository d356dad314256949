"""How long random tests look: the same few examples each time in `make test`, many new ones in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("TESTS_SOAK", "1"))
"""How many times as many examples as usual are looked at; 1 outside of `make soak`."""

DRAWN_FROM = ("prompts_admin", "prompts_cli", "scripts")
USUAL = 100
LONGER = 3
"""How many times as many steps a machine makes while it soaks."""


def load_profile() -> None:
    """Choose between `test`, in which a test looks at the same examples until it changes, and `soak`."""
    # Several processes share the machine's cores, so the time of one example says nothing. What soaks keeps no
    # examples between runs: the seed alone is to tell what is looked at.
    settings.register_profile("test", deadline=None, derandomize=True)
    settings.register_profile("soak", deadline=None, database=None, max_examples=USUAL * TIMES)
    settings.load_profile("test" if TIMES == 1 else "soak")


def load_what_is_drawn_from(tests: Iterable[pytest.Item]) -> None:
    """Import every module of the project, if some of the tests are random ones.

    Hypothesis also draws the constants of whatever modules of the project are imported at that moment. Without
    this a seed would tell the examples only together with the tests that ran before in the same process.
    """
    if any(test.get_closest_marker("hypothesis") for test in tests):
        for package in DRAWN_FROM:
            for module in walk_packages(import_module(package).__path__, f"{package}."):
                import_module(module.name)


def examples(number: int, *, steps: int | None = None, **more: Any) -> settings:
    """Return settings for so many examples, each of at most so many `steps` where a machine makes them.

    `more` are other settings of Hypothesis. While it soaks there are many times as many.
    """
    if steps is not None:
        more["stateful_step_count"] = steps * (1 if TIMES == 1 else LONGER)
    return settings(max_examples=number * TIMES, **more)
