"""The import stream that `git fast-import` reads; the only place that knows its grammar.

Everything of free form is length-prefixed, so that no text can become a command (git-fast-import(1)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from prompts_admin.domain.errors import Refused
from prompts_admin.mirror.commits import (
    MirrorCommit,
    checked_branch,
    checked_path,
    message_text,
    person,
    seconds,
)

TRAILER = "Prompts-Admin-Event"
AUDIT_TRAILER = "Prompts-Admin-Audit"
_HASH = "[0-9a-f]{64}"
_LAST_LINE = re.compile(rf"(?:\A|\n)(?:{AUDIT_TRAILER}: ({_HASH})\n)?{TRAILER}: ([1-9][0-9]*)\n*\Z")


@dataclass(frozen=True)
class Tip:
    """Where a branch stands: hash of the commit, hash of its tree, event that it was written for, its audit hash."""

    commit: str
    tree: str
    event: int
    audit_hash: str = ""


def write_stream(stream: BinaryIO, commits: Iterable[MirrorCommit], tips: Mapping[str, Tip]) -> int:
    """Write the commits that are newer than their branch's tip to `stream`; return how many there are.

    Raises Refused for a branch, path or text that the mirror may not hold, and ValueError when the events of
    a branch run backwards: the later ones would be lost without a word.
    """
    parents = {branch: tip.commit for branch, tip in tips.items()}
    written = 0
    for commit in _newer(commits, tips):
        stream.write(_header(commit, parents.pop(commit.branch, None)))
        for path, text in sorted(commit.files.items()):
            stream.write(_file(checked_path(path), text))
        written += 1
    # Without `done` a stream that was cut is refused as a whole (option --done).
    stream.write(b"done\n")
    return written


def event_of(message: str) -> tuple[int, str] | None:
    """Return event and audit hash that a message ends with, None when the mirror did not write it."""
    match = _LAST_LINE.search(message)
    return (int(match[2]), match[1] or "") if match else None


def _newer(commits: Iterable[MirrorCommit], tips: Mapping[str, Tip]) -> Iterator[MirrorCommit]:
    reached = {branch: tip.event for branch, tip in tips.items()}
    given: dict[str, int] = {}
    for commit in commits:
        branch = checked_branch(commit.branch)
        if commit.event < max(1, given.get(branch, 1)):
            raise ValueError(f"Event {commit.event} of branch '{branch}' comes after {given.get(branch, 0)}.")
        given[branch] = commit.event
        if commit.event > reached.get(branch, 0):
            reached[branch] = commit.event
            yield commit


def _header(commit: MirrorCommit, parent: str | None) -> bytes:
    # Author and committer are the same, with the given time: the same commits give the same hashes anywhere.
    who = b"%b %d +0000" % (person(commit.author_name, commit.author_email), seconds(commit.at))
    anchor = f"{AUDIT_TRAILER}: {commit.audit_hash}\n" if re.fullmatch(_HASH, commit.audit_hash) else ""
    text = f"{message_text(commit.message)}\n\n{anchor}{TRAILER}: {commit.event}\n"
    message = text.encode("utf-8", "replace")
    lines = [f"commit refs/heads/{commit.branch}".encode(), b"author " + who, b"committer " + who]
    start = b"\n".join(lines) + b"\n" + _data(message)
    return start + (f"from {parent}\n".encode() if parent else b"")


def _file(path: str, text: str | None) -> bytes:
    if text is None:
        return f"D {path}\n".encode()
    try:
        return f"M 100644 inline {path}\n".encode() + _data(text.encode())
    except UnicodeEncodeError as error:
        raise Refused(
            "invalid_content", f"The text of '{path}' is not valid Unicode.", "Save it again."
        ) from error


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
