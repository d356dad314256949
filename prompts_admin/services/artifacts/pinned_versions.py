"""What a version pins, and whether there is something newer to use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.content.references import pins_of
from prompts_admin.services.artifacts.references import newest_unmarked
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts


def list_pins(work: Work, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a stored content refers to: {key, kind, version, newest}; `newest` was not rolled back."""
    pins = pins_of(content)
    found = artifacts.find_artifacts(work.connection, pins)
    return [
        {
            "key": key,
            "kind": found[key].kind,
            "version": pin.version,
            "newest": newest_unmarked(work, found[key]),
        }
        for key, pin in pins.items()
    ]
