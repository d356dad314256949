"""Commits of the mirror, and how text from people is made harmless before git sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.keys import SEGMENT, parse_feature
from prompts_admin.domain.stages import STAGES

MAIN = "main"
BRANCHES = (MAIN, *STAGES)

_PATH = re.compile(rf"_workspace\.yaml|({SEGMENT})/(?:_feature|({SEGMENT}))\.yaml")
_NAME_LIMIT = 200


@dataclass(frozen=True)
class MirrorCommit:
    """One commit of one branch: `event` grows per branch, `files` maps paths to text, None deletes.

    `at` is timezone-aware and becomes the time of author and committer, to the second. `audit_hash` is the
    hash of the audit entry with the number `event`, so that whoever has a clone holds an anchor of the chain.
    """

    branch: str
    event: int
    author_name: str
    author_email: str
    at: datetime
    message: str
    files: Mapping[str, str | None]
    audit_hash: str = ""


def checked_branch(branch: str) -> str:
    """Return `branch` when the mirror has it; raise Refused otherwise."""
    if branch not in BRANCHES:
        raise Refused(
            "invalid", f"The mirror has no branch '{branch}'.", f"Use one of: {', '.join(BRANCHES)}."
        )
    return branch


def checked_path(path: str) -> str:
    """Return `path` when it is a file of a feature or of the workspace; raise Refused otherwise."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refused("invalid", f"The mirror refuses the path {path!r}.", "Use 'feature/name.yaml'.")
    for segment in filter(None, match.groups()):
        parse_feature(segment)  # also refuses the names of devices
    return path


def person(name: str, email: str) -> bytes:
    """Return `Name <email>` as git wants it: never empty, without angle brackets and control characters."""
    address = _one_line(email).replace(" ", "") or "unknown"
    return f"{_one_line(name) or address} <{address}>".encode("utf-8", "replace")


def seconds(at: datetime) -> int:
    """Return whole seconds since 1970, never negative; raise ValueError without a time zone."""
    if at.tzinfo is None:
        raise ValueError("A commit of the mirror needs a time with a time zone.")
    return max(0, int(at.timestamp()))


def message_text(message: str) -> str:
    """Return `message` with plain newlines and without the characters that would steer a terminal."""
    lines = re.sub(r"\r\n?", "\n", message)
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", lines).strip() or "No message"


def _one_line(text: str) -> str:
    # Angle brackets end a name for git, and a line end would begin another header.
    harmless = (
        " " if letter in "<>" or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter
        for letter in text
    )
    return " ".join("".join(harmless).split())[:_NAME_LIMIT].strip()
