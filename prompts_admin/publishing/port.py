"""The port of the targets: what one can do with published snapshots, and how its failures are told.

An address may hold credentials, so none is ever repeated: errors name the kind of target alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from prompts_admin.domain.errors import Unavailable

FOLDER = "file"
_EXTRAS = {"s3": "publish-s3", "s3a": "publish-s3"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a folder: its name, and when it was written in seconds since 1970."""

    name: str
    modified: float


class Target(Protocol):
    """Keeps files by paths such as `folder/file`; every method raises Unavailable("publish_failed")."""

    kind: str

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None when there is none."""

    def size(self, path: str) -> int | None:
        """Return how many bytes a file has, None when there is none."""

    def write(self, path: str, content: bytes, *, lasting: bool) -> None:
        """Put a file there, whole or not at all; a `lasting` one never changes and may be kept by caches."""

    def folders(self) -> list[str]:
        """Return the names of the folders."""

    def files(self, folder: str) -> list[Stored]:
        """Return the files of a folder, none when there is no such folder."""

    def delete(self, path: str) -> None:
        """Remove a file; one that is gone already is fine."""

    def drop(self, folder: str) -> None:
        """Remove an empty folder, where there are such."""


def kind_of(url: str) -> str:
    """Return what people may know of an address: its scheme."""
    return urlsplit(url).scheme.lower()


def failed(kind: str, reason: str, remedy: str = "") -> Unavailable:
    """Return the error of a target that cannot be used; `reason` must not come from a library's message."""
    step = remedy or "Check PROMPTS_ADMIN_PUBLISH_URL and PROMPTS_ADMIN_PUBLISH_OPTIONS, and try again."
    return Unavailable("publish_failed", f"The '{kind}' target for snapshots cannot be used: {reason}.", step)


def missing(kind: str) -> Unavailable:
    """Return the error of a target whose package is not installed."""
    extra = _EXTRAS.get(kind, "publish")
    also = "" if kind in _EXTRAS else f" and the fsspec package for '{kind}'"
    remedy = f"Install it: pip install 'prompts-admin[server,{extra}]'{also}."
    return failed(kind, "its package is not installed", remedy)
