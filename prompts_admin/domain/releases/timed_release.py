"""Timed releases: what is approved at its time goes live then, and a little later after an outage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from prompts_admin.domain.releases.records import Release
from prompts_admin.domain.releases.release_checks import evaluate, holding
from prompts_admin.domain.releases.signoff_policy import Facts

LATE = timedelta(minutes=15)
"""How late a release with a time may still go live by itself after an outage."""


def was_approved_at(facts: Facts, moment: datetime) -> bool:
    """Tell whether nothing held a release at a moment: sign-offs that came later do not count."""
    by_then = tuple(s for s in facts.signoffs if s.at is None or s.at <= moment)
    return not holding(evaluate(replace(facts, signoffs=by_then), now=moment))


def is_too_early(release: Release, now: datetime) -> bool:
    """Tell whether the time at which a release was signed to go live has not come."""
    return release.apply_at is not None and now < release.apply_at


def is_due(release: Release, facts: Facts, now: datetime) -> bool:
    """Tell whether an approved release goes live now; one with a time only if it was approved by then."""
    if release.apply == "when_approved":
        return True
    if release.apply != "at" or release.apply_at is None:
        return False
    due = release.apply_at
    return due <= now <= due + LATE and was_approved_at(facts, due)
