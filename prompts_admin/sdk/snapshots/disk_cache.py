"""The disk cache: the last good snapshot, for a start without server; whole or absent, and private to its owner."""

from __future__ import annotations

import logging
import os
import re
import stat
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from os import PathLike
from pathlib import Path

from prompts_admin.sdk.snapshots.snapshot_files import UNUSABLE, SnapshotFile, read_file, sealed
from prompts_admin.sdk.transport.port import MOST_BYTES

FOLDER = "prompts-admin"

_TOKEN = re.compile(r"(pa_[0-9a-f]{12})_")

_log = logging.getLogger(__name__)


class DiskCache:
    """One file for each server and token in a folder of mode 0700 below `folder`; the token is not in its name.

    Nothing here raises: what goes wrong is said once, until it goes right again.
    """

    def __init__(self, folder: str | PathLike[str], *, url: str, token: str | None) -> None:
        self._folder = Path(folder) / FOLDER
        # A name that tells neither url nor token; the id of a token of ours is no secret.
        found = _TOKEN.match(token or "")
        scope = found[1] if found else sha256((token or "").encode()).hexdigest()
        name = sha256(f"{url}\n{scope}".encode()).hexdigest()[:32]
        self.path = self._folder / f"{name}.json"
        self._said: str | None = None

    def load(self) -> tuple[SnapshotFile, float] | None:
        """Return what was kept and its age in seconds; a damaged file is set aside as `.damaged`."""
        try:
            status = self.path.stat()
            if not _is_ours(status) or not _is_ours(self._folder.stat()):
                self._say(f"'{self.path}' belongs to somebody else, or others may write it: it is not read.")
                return None
            if not stat.S_ISREG(status.st_mode):
                # To open a pipe would wait for whoever writes into it.
                raise OSError("it is no file")
            return read_file(self.path), max(0.0, time.time() - status.st_mtime)
        except FileNotFoundError:
            return None
        except UNUSABLE as error:
            self._say(f"'{self.path}' is damaged and was set aside: {error}")
            with suppress(OSError):
                self.path.replace(self.path.with_suffix(".damaged"))
            return None

    def save(self, document: bytes, etag: str | None) -> bool:
        """Replace what is kept in one step, and tell whether that worked."""
        content = sealed(document, etag)
        if len(content) > MOST_BYTES:
            self._say(f"The snapshot is not kept on disk: it has more than {MOST_BYTES} bytes.")
            return False
        try:
            self._write(content)
        except OSError as error:
            self._say(f"The snapshot could not be kept in '{self._folder}': {error}")
            return False
        self._said = None
        return True

    def confirm(self) -> None:
        """Note that the server says that what is kept is the newest."""
        with suppress(OSError):
            os.utime(self.path)

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(self._folder.stat()):
            self._folder.chmod(0o700)
        handle, name = tempfile.mkstemp(prefix=".", dir=self._folder)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        # The name has to survive a power cut too, where folders can be synced.
        with suppress(OSError):
            handle = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _say(self, text: str) -> None:
        if text != self._said:
            _log.warning("%s", text)
        self._said = text


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    # Whoever may write the folder or the file could decide what this program serves.
    return status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & 0o022
