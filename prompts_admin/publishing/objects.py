"""The object target: an object store, and whatever else fsspec reaches."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from prompts_admin.publishing.port import Stored, failed, kind_of, missing

_S3 = ("s3", "s3a")
# A put to these is there whole or not at all; elsewhere a file is written beside and renamed.
_ATOMIC = (*_S3, "gs", "gcs", "az", "abfs", "abfss", "adl", "memory")
_MODIFIED = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")
_LASTING = "public, max-age=86400, immutable"
_PASSING = "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400"
_NOTHING = (FileNotFoundError, NotADirectoryError)
# What these say at lower levels tells of addresses and headers.
_TALKATIVE = ("aiobotocore", "botocore", "fsspec", "s3fs", "urllib3")


class ObjectTarget:
    """Speaks through fsspec, past its caches."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self.kind = kind_of(url)
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        with self._told():
            import fsspec

            # Past its caches: another process may have written there.
            given = {"skip_instance_cache": True, "use_listings_cache": False, **options}
            self._files, root = fsspec.core.url_to_fs(url, **given)
            self._root = root.rstrip("/")

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None when there is none."""
        with self._told():
            try:
                return bytes(self._files.cat_file(self._at(path)))
            except _NOTHING:
                return None

    def size(self, path: str) -> int | None:
        """Return how many bytes a file has, None when there is none."""
        with self._told():
            try:
                return int(self._files.info(self._at(path))["size"])
            except _NOTHING:
                return None

    def write(self, path: str, content: bytes, *, lasting: bool) -> None:
        """Put a file there, at S3 with the headers that a CDN goes by."""
        with self._told():
            place = self._at(path)
            if self.kind in _ATOMIC:
                kind = "application/gzip" if path.endswith(".gz") else "application/json"
                told = {"ContentType": kind, "CacheControl": _LASTING if lasting else _PASSING}
                headers = told if self.kind in _S3 else {}
                self._files.pipe_file(place, content, **headers)
                return
            folder, _, _ = place.rpartition("/")
            self._files.makedirs(folder, exist_ok=True)
            beside = f"{folder}/.{secrets.token_hex(6)}.part"
            self._files.pipe_file(beside, content)
            self._files.mv(beside, place)

    def folders(self) -> list[str]:
        """Return the names of the folders."""
        return [_last(entry) for entry in self._list("") if entry["type"] == "directory"]

    def files(self, folder: str) -> list[Stored]:
        """Return the files of a folder, none when there is no such folder."""
        entries = [entry for entry in self._list(folder) if entry["type"] == "file"]
        return [Stored(_last(entry), _seconds(entry)) for entry in entries]

    def delete(self, path: str) -> None:
        """Remove a file."""
        with self._told():
            try:
                self._files.rm_file(self._at(path))
            except _NOTHING:
                return

    def drop(self, folder: str) -> None:
        """Do nothing: where files have keys a folder ends with its last one."""

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")

    def _list(self, folder: str) -> list[dict[str, Any]]:
        with self._told():
            try:
                return list(self._files.ls(self._at(folder), detail=True, refresh=True))
            except _NOTHING:
                return []

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn whatever a library raises into one error without its words, which may repeat the address."""
        try:
            yield
        except ImportError:
            raise missing(self.kind) from None
        except Exception as error:
            raise failed(self.kind, _reason(error)) from None


def _last(entry: Mapping[str, Any]) -> str:
    return str(entry["name"]).rstrip("/").rpartition("/")[2]


def _seconds(entry: Mapping[str, Any]) -> float:
    """Return when a file was written; where nobody tells, now, so that it is kept."""
    found = next((entry[name] for name in _MODIFIED if entry.get(name)), None)
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    if isinstance(found, datetime):
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return float(found) if isinstance(found, int | float) else datetime.now(UTC).timestamp()


def _reason(error: Exception) -> str:
    if isinstance(error, _NOTHING):
        return "there is no such bucket or folder"
    if isinstance(error, PermissionError):
        return "access is denied"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return type(error).__name__
