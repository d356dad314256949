"""The choice of the target of published snapshots, by its address."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from prompts_admin.publishing.port import FOLDER, Target, kind_of


def open_target(url: str, options: str = "") -> Target:
    """Return the target of an fsspec address and its options as JSON.

    A folder (`file:///...`) needs nothing; for others raises Unavailable("publish_failed") when a package is
    missing or the address cannot be used.
    """
    if kind_of(url) == FOLDER:
        from prompts_admin.publishing.folders import FolderTarget

        return FolderTarget(urlsplit(url).path)
    from prompts_admin.publishing.objects import ObjectTarget

    return ObjectTarget(url, json.loads(options or "{}"))
