"""The backup file: gzipped JSON lines that say nothing of the database that they came from.

Line 1 is the header {format, format_version, epoch, schema, revision, created_at}; each table is a line
{table, columns} and one JSON array a row; the last line is {sha256, rows}: the SHA-256 of all bytes before it and
the number of rows of each table. A file that was cut, changed or mixed up fails against that line.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prompts_admin.domain.errors import NotFound, Refused

FORMAT = "prompts-admin-backup"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class BackupInfo:
    """What a backup holds: of which store, in which schema, at which revision, and how many rows of each table."""

    epoch: str
    schema: str
    revision: int
    created_at: datetime
    rows: Mapping[str, int]
    sha256: str


@dataclass(frozen=True)
class TableBegins:
    """The rows that follow belong to this table and have these columns."""

    name: str
    columns: tuple[str, ...]


Part = TableBegins | list[Any]
"""What a backup consists of between its header and its last line."""


class BackupWriter:
    """Writes lines and counts what it writes."""

    def __init__(self, file: gzip.GzipFile, header: Mapping[str, Any]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._rows: dict[str, int] = {}
        self._line({"format": FORMAT, "format_version": FORMAT_VERSION, **header})

    def table(self, name: str, columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> None:
        """Write a table whole."""
        self._line({"table": name, "columns": columns})
        self._rows[name] = 0
        for row in rows:
            self._line(list(row))
            self._rows[name] += 1

    def close(self) -> None:
        """Write the line that everything is checked against."""
        self._line({"sha256": self._hash.hexdigest(), "rows": self._rows})

    def _line(self, value: Any) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._hash.update(line)
        self._file.write(line)


@contextmanager
def writing(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a compressed file, readable by its owner alone, that takes the name `path` once it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as file:
                yield file
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_backup(path: Path) -> BackupInfo:
    """Read a backup to its end and return what it holds.

    Raises Refused("backup_damaged") for a file that is cut, changed or of another format, NotFound for no file.
    """
    reader = BackupReader(path)
    for _ in reader:
        pass
    return reader.info


class BackupReader:
    """Iterates over the parts of a backup; when it ends without an error `info` is known and all was right."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._info: BackupInfo | None = None

    @property
    def info(self) -> BackupInfo:
        """Return what the backup holds, once it has been read to its end."""
        if self._info is None:
            raise damaged(self._path, "it has not been read to its end")
        return self._info

    def __iter__(self) -> Iterator[Part]:
        try:
            with gzip.open(self._path, "rb") as file:
                yield from self._parts(file)
        except FileNotFoundError:
            raise NotFound("not_found", f"There is no file '{self._path}'.", "Check the path.") from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise damaged(self._path, "it is cut off or is no compressed file") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise damaged(self._path, "a line of it cannot be read") from None

    def _parts(self, lines: Iterable[bytes]) -> Iterator[Part]:
        digest, rows, header, table = hashlib.sha256(), dict[str, int](), None, ""
        for line in lines:
            value = json.loads(line)
            if self._info is not None:
                raise damaged(self._path, "something follows its last line")
            if header is None:
                header = self._header(value)
            elif isinstance(value, list):
                rows[table] += 1
                yield value
            elif "table" in value:
                table = value["table"]
                rows[table] = 0
                yield TableBegins(table, tuple(value["columns"]))
            else:
                self._info = self._closing(header, rows, value, digest.hexdigest())
            digest.update(line)
        if self._info is None:
            raise damaged(self._path, "its last line is missing")

    def _header(self, value: dict[str, Any]) -> dict[str, Any]:
        if value.get("format") != FORMAT:
            raise damaged(self._path, "it is no backup of prompts-admin")
        if value["format_version"] != FORMAT_VERSION:
            raise damaged(self._path, f"its format is number {value['format_version']}, not {FORMAT_VERSION}")
        return value

    def _closing(
        self, header: dict[str, Any], rows: dict[str, int], last: dict[str, Any], digest: str
    ) -> BackupInfo:
        if (last["sha256"], last["rows"]) != (digest, rows) or rows.get("workspace") != 1:
            raise damaged(self._path, "its contents do not match its checksum")
        created_at = datetime.fromisoformat(header["created_at"])
        return BackupInfo(header["epoch"], header["schema"], header["revision"], created_at, rows, digest)


def damaged(path: Path, why: str) -> Refused:
    """Say why a file cannot be restored."""
    return Refused(
        "backup_damaged",
        f"The file '{path}' cannot be restored: {why}. Nothing was changed.",
        "Take another backup file.",
    )
