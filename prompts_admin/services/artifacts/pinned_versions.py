"""What a version pins, and whether there is something newer to use."""

from __future__ import annotations

from typing import TypedDict

from prompts_admin.domain.content.references import pins_of
from prompts_admin.domain.json_object import Content
from prompts_admin.services.artifacts.references import newest_unmarked
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts


class PinnedVersion(TypedDict):
    """What a version pins; `newest` is the newest version of it that was not rolled back."""

    key: str
    kind: str
    version: int
    newest: int


def list_pins(work: Work, content: Content) -> list[PinnedVersion]:
    """Return what a stored content refers to."""
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
