"""The folder target: for a web server or a mounted disk, without any package."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import url2pathname

from prompts_admin.publishing.port import FOLDER, Stored, failed


class FolderTarget:
    """Writes beside and renames, so that whoever reads sees a file whole or not at all."""

    kind = FOLDER

    def __init__(self, path: str) -> None:
        self._root = Path(url2pathname(path))

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None when there is none."""
        with _told():
            try:
                return (self._root / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def size(self, path: str) -> int | None:
        """Return how many bytes a file has, None when there is none."""
        with _told():
            try:
                return (self._root / path).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, path: str, content: bytes, *, lasting: bool) -> None:
        """Put a file there; it is on the disk before it has its name, and its name is before this returns."""
        with _told():
            place = self._root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.parent / f".{secrets.token_hex(6)}.part"
            try:
                # Readable to the web server, which is another user.
                descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(place)
            except OSError:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
                raise
            _sync(place.parent)

    def folders(self) -> list[str]:
        """Return the names of the folders."""
        with _told():
            try:
                return [entry.name for entry in os.scandir(self._root) if entry.is_dir(follow_symlinks=False)]
            except FileNotFoundError:
                return []

    def files(self, folder: str) -> list[Stored]:
        """Return the files of a folder, those too that a killed process left half written."""
        with _told():
            try:
                entries = [entry for entry in os.scandir(self._root / folder) if entry.is_file()]
            except FileNotFoundError:
                return []
            return [Stored(entry.name, entry.stat().st_mtime) for entry in entries]

    def delete(self, path: str) -> None:
        """Remove a file."""
        with _told():
            (self._root / path).unlink(missing_ok=True)

    def drop(self, folder: str) -> None:
        """Remove an empty folder; one that is not empty stays."""
        with suppress(OSError):
            (self._root / folder).rmdir()


def _sync(folder: Path) -> None:
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failed(FOLDER, error.strerror or type(error).__name__) from None
