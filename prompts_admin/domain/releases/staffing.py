"""Whether the people there are can fill the roles that are owed, when each of them signs in one role only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Owed = Mapping[str, tuple[int, Sequence[str]]]
"""By role: how many more must sign, and who could."""


def unfillable(owed: Owed) -> tuple[str, ...]:
    """Return the roles that stay short of people however those able are shared out, in the order given.

    A maximum matching of people to sign-offs, grown path by path (Kuhn's algorithm).
    """
    taken: dict[str, str] = {}
    short: list[str] = []
    for role, (count, _) in owed.items():
        if not all(_fill(role, owed, taken, set()) for _ in range(count)):
            short.append(role)
    return tuple(short)


def _fill(role: str, owed: Owed, taken: dict[str, str], tried: set[str]) -> bool:
    """Give `role` one more person, moving those already placed to other roles they can fill."""
    for person in owed[role][1]:
        if person not in tried:
            tried.add(person)
            if person not in taken or _fill(taken[person], owed, taken, tried):
                taken[person] = role
                return True
    return False
