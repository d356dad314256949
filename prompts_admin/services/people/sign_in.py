"""Passwords at the door. Not use cases but flows around them: hashing holds no transaction and no lock."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.people.identity import NOBODY, BySession, Identity
from prompts_admin.schemas.people import User
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.people import accounts, initial_setup, sessions
from prompts_admin.services.people.one_time_links import read_link
from prompts_admin.services.people.passwords import Passwords, Verdict
from prompts_admin.services.people.sessions import Login, OpenedSession, OwnAddress, Person
from prompts_admin.services.people.sign_in_throttle import Attempts

_log = logging.getLogger("prompts_admin.security")


@dataclass(frozen=True)
class Entrance:
    """The one door of a program: its password hasher and its counters of failures are shared by all faces."""

    runner: Runner
    passwords: Passwords
    attempts: Attempts

    @classmethod
    def to(cls, runner: Runner, passwords: Passwords | None = None) -> Entrance:
        """Build the door of a product from its settings; tests bring a cheaper hasher."""
        limits = runner.settings
        window = timedelta(seconds=limits.sign_in_window_seconds)
        return cls(runner, passwords or Passwords(), Attempts(limits.sign_in_attempts, window))

    def sign_in(
        self, email: str, password: str, *, address: str, now: datetime, login: Login | None = None
    ) -> OpenedSession:
        """Open a session.

        `address` is where the request came from. Raises NotPermitted("unauthenticated"), the same for wrong
        passwords, unknown and disabled people, and Refused("rate_limited") with `retry_after` in seconds.
        """
        known = email.strip().lower()
        stored, verdict = self._checked(known, password, address=address, now=now)
        if stored is None or not verdict.right:
            raise sessions.wrong_password()
        wanted = login or Login()
        return self.runner.do(
            NOBODY,
            sessions.open_session,
            None,
            known,
            wanted,
            verified=stored,
            stronger=verdict.stronger,
        )

    def change_password(
        self, identity: BySession, old: str, new: str, *, address: str, now: datetime
    ) -> OwnAddress:
        """Replace the password of whoever holds this session; their other sessions end.

        Raises NotPermitted("forbidden") for a wrong old password, Refused("rate_limited"), and
        Refused("invalid") when the rules refuse the new one.
        """
        who = self.runner.look(identity, sessions.whoami)
        stored, verdict = self._checked(who["email"], old, address=address, now=now)
        if not verdict.right:
            raise NotPermitted("forbidden", "The old password is wrong.", "Try again, or ask for a link.")
        hashed = self.passwords.prepare(new, email=who["email"], name=who["name"])
        return self.runner.do(
            identity, sessions.change_own_password, None, hashed, verified=stored, keep=identity.id_hash
        )

    def set_password(self, identity: Identity, email: str, new: str) -> User:
        """Give a person a password as an administrator; raises Refused("invalid") when the rules refuse it."""
        hashed = self.passwords.prepare(new, email=email)
        return self.runner.do(identity, accounts.set_password, None, email, hashed)

    def complete_link(self, secret: str, password: str) -> Person:
        """Set a password through an invitation or reset link."""
        link = self.runner.look(NOBODY, read_link, secret)
        hashed = self.passwords.prepare(password, email=link["email"] or "", name=link["name"] or "")
        return self.runner.do(NOBODY, initial_setup.complete_link, None, secret, hashed)

    def complete_setup(self, secret: str, email: str, *, name: str, password: str) -> Person:
        """Create the first administrator through the set-up link."""
        self.runner.look(NOBODY, read_link, secret)
        hashed = self.passwords.prepare(password, email=email, name=name)
        return self.runner.do(
            NOBODY, initial_setup.complete_setup, None, secret, email, name=name, password=hashed
        )

    def _checked(
        self, email: str, password: str, *, address: str, now: datetime
    ) -> tuple[str | None, Verdict]:
        """Count the attempt and compare; a right password takes the count back."""
        keys = (f"person {email}", f"address {address}")
        try:
            self.attempts.begin(keys, now)
        except Refused:
            _log.warning("sign-in refused: too many failures (person=%a address=%a)", email, address)
            raise
        stored = self.runner.look(NOBODY, sessions.stored_hash, email)
        verdict = self.passwords.verify(stored, password)
        if verdict.right:
            self.attempts.forgive(keys, now)
        else:
            _log.warning("sign-in failed (person=%a address=%a)", email, address)
        return stored, verdict
