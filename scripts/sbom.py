"""Print the bill of materials of what is installed: CycloneDX 1.6 JSON, with the licence of each part.

`python scripts/sbom.py [EXTRA]` walks from prompts-admin[EXTRA] (server by default) through the requirements
that hold on this machine.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import Distribution, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PRODUCT = "prompts-admin"
CLASSIFIER = "License :: "


def bill(extra: str) -> dict[str, Any]:
    """Return the bill of `prompts-admin[extra]`; an empty extra stands for the SDK alone."""
    found: dict[str, set[str]] = {}
    _walk(PRODUCT, {extra} if extra else set(), found)
    parts = sorted(found.keys() - {PRODUCT})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(PRODUCT, kind="application")},
        "components": [_component(name) for name in parts],
        "dependencies": [
            {"ref": _reference(name), "dependsOn": _below(name, found)} for name in sorted(found)
        ],
    }


def licence(part: Distribution) -> str:
    """Return the licence that a distribution declares, empty when it declares none."""
    about = part.metadata.json
    classifiers = [line for line in about.get("classifier", []) if line.startswith(CLASSIFIER)]
    named = " OR ".join(line.rpartition(" :: ")[2] for line in classifiers)
    first_line = "".join(str(about.get("license", "")).strip().splitlines()[:1])
    return str(about.get("license_expression", "")) or named or first_line


def _walk(name: str, extras: set[str], found: dict[str, set[str]]) -> None:
    known = found.get(name)
    if known is not None and extras <= known:
        return
    found[name] = (known or set()) | extras
    for needed in _requirements(name, found[name]):
        _walk(canonicalize_name(needed.name), set(needed.extras), found)


def _requirements(name: str, extras: set[str]) -> list[Requirement]:
    every = [Requirement(line) for line in distribution(name).requires or []]
    return [needed for needed in every if _applies(needed, extras)]


def _applies(needed: Requirement, extras: set[str]) -> bool:
    marker = needed.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def _below(name: str, found: dict[str, set[str]]) -> list[str]:
    names = {canonicalize_name(needed.name) for needed in _requirements(name, found[name])}
    return [_reference(below) for below in sorted(names - {name})]


def _component(name: str, *, kind: str = "library") -> dict[str, Any]:
    part = distribution(name)
    declared = licence(part)
    return {
        "type": kind,
        "bom-ref": _reference(name),
        "name": name,
        "version": part.version,
        "purl": _reference(name),
        "licenses": [{"license": {"name": declared}}] if declared else [],
    }


def _reference(name: str) -> str:
    return f"pkg:pypi/{name}@{distribution(name).version}"


if __name__ == "__main__":
    json.dump(bill(sys.argv[1] if len(sys.argv) > 1 else "server"), sys.stdout, indent=2)
