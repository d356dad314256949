"""Hashing and checking passwords with argon2id, outside of every transaction: it takes 0.1 s and more."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from prompts_admin.domain.people.passwords import LONGEST, check_password


@dataclass(frozen=True)
class HashedPassword:
    """A password that passed the rules; made by `Passwords.prepare` alone."""

    hash: str = field(repr=False)


@dataclass(frozen=True)
class Verdict:
    """Whether a password was right, and a stronger hash of it when the stored one is too weak by now."""

    right: bool
    stronger: HashedPassword | None = None


class Passwords:
    """Hashes and checks; at most `at_once` at a time, each of which takes 64 MiB in the usual profile."""

    def __init__(self, profile: Parameters = RFC_9106_LOW_MEMORY, *, at_once: int = 2) -> None:
        self._hasher = PasswordHasher.from_parameters(profile)
        self._room = threading.BoundedSemaphore(at_once)

    def prepare(self, password: str, *, email: str = "", name: str = "") -> HashedPassword:
        """Check a new password by the rules and hash it. Raises Refused("invalid")."""
        check_password(password, email=email, name=name)
        return self._hash(password)

    def verify(self, stored: str | None, password: str) -> Verdict:
        """Compare a password with a stored hash, None for a person without one; always the same work."""
        decoy = self._decoy
        right = self._fits(stored or decoy, password[: LONGEST + 1]) and stored is not None
        if not right or stored is None or not self._hasher.check_needs_rehash(stored):
            return Verdict(right)
        return Verdict(True, self._hash(password))

    @cached_property
    def _decoy(self) -> str:
        """A hash for people who do not exist: without it their refusal would come sooner than others'."""
        return self._hash("nobody's password").hash

    def _hash(self, password: str) -> HashedPassword:
        with self._room:
            return HashedPassword(self._hasher.hash(password))

    def _fits(self, stored: str, password: str) -> bool:
        try:
            with self._room:
                return self._hasher.verify(stored, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
