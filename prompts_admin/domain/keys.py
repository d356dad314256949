"""Keys and references: how artifacts, their versions and what is live on a stage are named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.stages import STAGES

SEGMENT = "[a-z0-9][a-z0-9_-]{0,62}"
KEY = f"{SEGMENT}/{SEGMENT}"

_SEGMENT = re.compile(SEGMENT)
_KEY = re.compile(f"({SEGMENT})[/.]({SEGMENT})")
_VERSION = re.compile("[1-9][0-9]{0,8}")
# A folder with one of these names cannot be checked out on Windows, so the git mirror and exports would
# break there.
_DEVICES = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")
_SHOWN = 80


@dataclass(frozen=True, order=True)
class Reference:
    """A key, perhaps with a version (`support/triage@7`) or a stage (`support/triage@beta`), never both."""

    key: str
    version: int | None = None
    stage: str | None = None

    def __str__(self) -> str:
        suffix = self.version if self.stage is None else self.stage
        return self.key if suffix is None else f"{self.key}@{suffix}"


def parse_key(text: object) -> str:
    """Return the canonical key `feature/name` of `text`, which may have a dot in place of the slash.

    Nothing is decoded, trimmed or changed in case: what is not a key as it stands raises Refused("invalid").
    """
    match = _KEY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise _not(
            text, "a key", "Write 'feature/name', each of a-z, 0-9, '-' and '_', 63 characters at most."
        )
    return f"{_free(match[1])}/{_free(match[2])}"


def parse_feature(text: object) -> str:
    """Return `text` when it is the key of a feature; otherwise raise Refused("invalid")."""
    if not isinstance(text, str) or _SEGMENT.fullmatch(text) is None:
        raise _not(text, "a feature's key", "Use a-z, 0-9, '-' and '_', 63 characters at most.")
    return _free(text)


def feature_of(key: str) -> str:
    """Return the feature's half of a canonical key."""
    return key.partition("/")[0]


def name_of(key: str) -> str:
    """Return the artifact's half of a canonical key."""
    return key.partition("/")[2]


def parse_reference(text: object) -> Reference:
    """Return the reference that `support/triage`, `support/triage@7` or `support/triage@beta` names.

    Raises Refused("invalid") for anything else.
    """
    key, at, suffix = text.partition("@") if isinstance(text, str) else (text, "", "")
    if not at:
        return Reference(parse_key(key))
    if suffix in STAGES:
        return Reference(parse_key(key), stage=suffix)
    if _VERSION.fullmatch(suffix) is None:
        raise _not(text, "a reference", f"After '@' comes a version number or one of {', '.join(STAGES)}.")
    return Reference(parse_key(key), version=int(suffix))


def _free(segment: str) -> str:
    if _DEVICES.fullmatch(segment):
        raise _not(segment, "a usable name", "It is a device name on Windows; choose another.")
    return segment


def _not(text: object, what: str, remedy: str) -> Refused:
    shown = repr(text) if len(repr(text)) <= _SHOWN else f"{repr(text)[:_SHOWN]}..."
    return Refused("invalid", f"{shown} is not {what}.", remedy)
