"""Who a request claims to be, before the store was asked what that one may do.

Faces make these values from cookies, headers and the local machine; the store turns them into an `Actor`
inside the transaction that uses it, so that a right taken away counts at once.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Nobody:
    """No sign-in and no token."""

    via: str = "web"


@dataclass(frozen=True)
class BySession:
    """Whoever holds the session whose id has this SHA-256 (hexadecimal)."""

    id_hash: str
    via: str = "web"


@dataclass(frozen=True)
class ByToken:
    """Whoever holds the API token of this id; its secret was compared already."""

    id: str


@dataclass(frozen=True)
class LocalPerson:
    """One of the store's people, vouched for by the machine: its owner, or with `--as` on a demo store."""

    email: str
    via: str = "cli"


@dataclass(frozen=True)
class TheSystem:
    """The program itself, for scheduled releases and the first one; nothing from outside becomes this."""


Identity = Nobody | BySession | ByToken | LocalPerson | TheSystem
NOBODY = Nobody()
THE_SYSTEM = TheSystem()
