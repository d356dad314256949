"""What to do next after a refusal, as data that every face says in its own words.

A remedy that is a sentence for everybody ("Give it once.") is that sentence; those here are what somebody in a
terminal does with a command and somebody on a page with a button. `schemas.remedies` has the words of terminals
and of the API, `web.ui.remedies` those of pages. A version is named "key@number".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Remedy:
    """One next step: its name, which is that of the function that made it, and what it is about."""

    name: str
    about: Mapping[str, str | int]


def see_overview() -> Remedy:
    """Look at every artifact and what is live of it."""
    return Remedy("see_overview", {})


def see_artifact(key: str) -> Remedy:
    """Look at what is live of one artifact."""
    return Remedy("see_artifact", {"key": key})


def see_history(key: str) -> Remedy:
    """Look at the versions of an artifact and what happened to them."""
    return Remedy("see_history", {"key": key})


def see_releases() -> Remedy:
    """Look at the list of releases."""
    return Remedy("see_releases", {})


def see_release(release: int) -> Remedy:
    """Look at one release."""
    return Remedy("see_release", {"release": release})


def see_settings() -> Remedy:
    """Look at the list of settings changes."""
    return Remedy("see_settings", {})


def see_settings_change(change: int) -> Remedy:
    """Look at one settings change."""
    return Remedy("see_settings_change", {"change": change})


def see_people() -> Remedy:
    """Look at the list of people."""
    return Remedy("see_people", {})


def propose_afresh(release: int) -> Remedy:
    """Propose a release again that has closed."""
    return Remedy("propose_afresh", {"release": release})


def promote_instead() -> Remedy:
    """Promote what should go live, from the first stage on."""
    return Remedy("promote_instead", {})


def promote_first(stage: str, versions: Sequence[str]) -> Remedy:
    """Settle versions on the stage before first."""
    return Remedy("promote_first", {"stage": stage, "versions": " ".join(versions)})


def raise_first(stage: str, version: str) -> Remedy:
    """Raise the share of a version on the stage before to all of it first."""
    return Remedy("raise_first", {"stage": stage, "version": version})


def raise_share(stage: str, versions: Sequence[str]) -> Remedy:
    """Raise the share of versions on their stage."""
    return Remedy("raise_share", {"stage": stage, "versions": " ".join(versions)})


def promote_onward(stage: str, versions: Sequence[str]) -> Remedy:
    """Promote versions to the next stage."""
    return Remedy("promote_onward", {"stage": stage, "versions": " ".join(versions)})


def apply(release: int) -> Remedy:
    """Make a release live that is approved."""
    return Remedy("apply", {"release": release})


def withdraw_first(release: int) -> Remedy:
    """Withdraw an open release that is in the way."""
    return Remedy("withdraw_first", {"release": release})


def undo(release: int) -> Remedy:
    """Undo a release."""
    return Remedy("undo", {"release": release})


def undo_instead(release: int) -> Remedy:
    """Undo a release, since it is live already."""
    return Remedy("undo_instead", {"release": release})


def switch_off_first(key: str) -> Remedy:
    """Switch an artifact off that is in the way."""
    return Remedy("switch_off_first", {"key": key})


def copy(key: str) -> Remedy:
    """Copy an artifact to another key, since it is archived."""
    return Remedy("copy", {"key": key})


def copy_first(key: str) -> Remedy:
    """Copy an artifact to another key before it is used, since it is archived."""
    return Remedy("copy_first", {"key": key})


def acknowledge_breaking() -> Remedy:
    """Say that the callers are ready for what breaks them."""
    return Remedy("acknowledge_breaking", {})


def acknowledge_secrets() -> Remedy:
    """Take out what looks like a credential, or say that it is none."""
    return Remedy("acknowledge_secrets", {})


def ask_for_less() -> Remedy:
    """Ask for a token that may do less."""
    return Remedy("ask_for_less", {})
