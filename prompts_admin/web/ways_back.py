"""What a rollback of each running version would do: said beforehand, done by one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.stages import STAGES
from prompts_admin.services.putting_back import rollback
from prompts_admin.services.removing import RollbackRequest
from prompts_admin.services.work import Work

Changes = Sequence[Mapping[str, Any]]


def ways_back(work: Work, artifact: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return {version, label, off, changes, along, still_serving, stale} for each running version.

    Newest first; a version that the asker may not roll back is left out. `off` tells that it would be switched
    off somewhere.
    """
    return [way for version in _running(artifact) if (way := _way(work, artifact["key"], version))]


def _running(artifact: Mapping[str, Any]) -> list[int]:
    cells = [artifact["stages"][stage] for stage in STAGES]
    return sorted(
        {cell[name] for cell in cells if cell for name in ("version", "settled")} - {None}, reverse=True
    )


def _way(work: Work, key: str, version: int) -> dict[str, Any] | None:
    try:
        plan = rollback(work, RollbackRequest(keys=(f"{key}@{version}",), dry_run=True))
    except ProductError:
        return None
    moves = sorted(plan["changes"], key=lambda change: (change["key"], STAGES.index(change["stage"])))
    own = [change for change in moves if change["key"] == key]
    targets = list(dict.fromkeys(change["after"]["settled"] for change in own))
    return {
        "version": version,
        "label": _label(version, targets),
        "off": None in targets,
        "changes": own,
        "along": [change for change in moves if change["key"] != key],
        "still_serving": plan["still_serving"],
        "stale": plan["turns_stale"],
    }


def _label(version: int, targets: list[int | None]) -> str:
    """Return what the button says; it always names the version."""
    found = [target for target in targets if target is not None]
    if not found:
        return f"Switch v{version} off"
    if targets == found[:1]:
        return f"Roll back to v{found[0]}"
    return f"Roll back v{version} to {' and '.join(f'v{target}' for target in found)}"
