"""Reading a snapshot from a file or a document that the program brings along."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.snapshot import Snapshot
from prompts_admin.domain.snapshot_reading import compile_snapshot
from prompts_admin.sdk.packing import Packer
from prompts_admin.sdk.transport import MOST_BYTES

_log = logging.getLogger(__name__)

Source = str | PathLike[str] | Mapping[str, Any]


def load_snapshot(source: Source | None) -> Snapshot | None:
    """Return the snapshot of a file or a document; None, with one warning, when it cannot be used.

    A program must not fail to start because of the file that is there for when everything else failed.
    """
    if source is None:
        return None
    try:
        return compile_snapshot(
            dict(source) if isinstance(source, Mapping) else _read(Path(source)), pack=Packer()
        )
    except (OSError, ValueError, RecursionError, ProductError) as error:
        name = "The document" if isinstance(source, Mapping) else f"The file '{source}'"
        _log.warning("%s is no usable snapshot and is skipped: %s", name, error)
        return None


def _read(path: Path) -> Any:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    return json.loads(path.read_bytes())
