"""The bill of materials is produced, complete, and holds no licence that would bind our users."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from scripts.sbom import bill
from tests.packaging.sources import ROOT

WELCOME = re.compile(r"MIT|BSD|Apache|PSF|Python Software|MPL|Mozilla|ISC|LGPL|Unlicense|Zlib", re.I)
BINDING = re.compile(r"(?<!L)GPL|AGPL|SSPL|BUSL|Commons Clause|(?<!Lesser )General Public License", re.I)


@pytest.fixture(scope="module")
def server() -> dict[str, Any]:
    """The bill of what `prompts-admin[server]` brings, as the script prints it."""
    command = [sys.executable, str(ROOT / "scripts" / "sbom.py"), "server"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    document: dict[str, Any] = json.loads(printed)
    return document


def test_S56_the_bill_of_materials_is_produced(server: dict[str, Any]) -> None:
    """Every part has a name, a version and an address by which advisories find it."""
    assert ("CycloneDX", "1.6") == (server["bomFormat"], server["specVersion"])
    names = [part["name"] for part in server["components"]]
    assert sorted(set(names)) == names
    assert {"flask", "sqlalchemy", "pydantic", "mmh3"} <= set(names)
    assert all(part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}" for part in server["components"])


def test_S56_every_reference_is_a_component(server: dict[str, Any]) -> None:
    """The graph has no end that leads nowhere."""
    known = {part["bom-ref"] for part in [*server["components"], server["metadata"]["component"]]}
    edges = server["dependencies"]
    assert known == {edge["ref"] for edge in edges}
    assert {below for edge in edges for below in edge["dependsOn"]} <= known


def test_S56_every_licence_is_known_and_none_binds(server: dict[str, Any]) -> None:
    """Whoever installs the server takes on no duty to publish their own code."""
    licences = {part["name"]: " ".join(_names(part)) for part in server["components"]}
    assert {} == {name: text for name, text in licences.items() if not WELCOME.search(text)}
    assert {} == {name: text for name, text in licences.items() if BINDING.search(text)}


def test_S56_the_sdk_brings_two_packages() -> None:
    """The client goes into other people's programs, so it stays light."""
    assert ["mmh3", "urllib3"] == [part["name"] for part in bill("")["components"]]


@pytest.mark.parametrize(
    "text", ["GPL-3.0-only", "GNU General Public License v3 (GPLv3)", "AGPL-3.0-or-later"]
)
def test_S56_a_binding_licence_would_be_found(text: str) -> None:
    """The rule above is able to fail."""
    assert BINDING.search(text)


@pytest.mark.parametrize("text", ["LGPL-3.0-only", "GNU Lesser General Public License v3"])
def test_S56_a_library_licence_is_no_binding_one(text: str) -> None:
    """Using a library under the lesser licence, unchanged, asks nothing of our users."""
    assert not BINDING.search(text)


def _names(part: dict[str, Any]) -> list[str]:
    return [entry["license"]["name"] for entry in part["licenses"]]
