"""What holds for every test: no host but this machine, no setting of its user, no chance but from a known seed."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from tests.support.lengths import load_profile, load_what_is_drawn_from
from tests.support.templates import share_compiled

pytest_plugins = [
    "tests.support.databases",
    "tests.support.cast",
    "tests.support.desk",
    "tests.support.rivals",
    "tests.support.world",
    "tests.support.visits",
    "tests.support.chromium",
    "tests.support.node",
]

share_compiled()

LOCAL = frozenset({"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", ""})

# What the person who runs the tests has set for a store or server of their own is none of a test's business.
for _name in [name for name in os.environ if name.startswith("PROMPTS_ADMIN_")]:
    del os.environ[_name]

load_profile()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have random tests draw from the same, whatever ran before them."""
    load_what_is_drawn_from(session.items)


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        _refuse_foreign(arguments[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        _refuse_foreign(arguments[1][0])


def _refuse_foreign(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in LOCAL:
        raise RuntimeError(f"a test reaches for the host '{name}'; tests stay on this machine")


sys.addaudithook(_stay_here)
