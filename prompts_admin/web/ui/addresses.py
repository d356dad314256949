"""The address of an artifact: /artifacts/FEATURE/NAME."""

from __future__ import annotations

ARTIFACT = "/artifacts/<feature>/<name>"


def key_of(feature: str, name: str) -> str:
    """Return the key that an address names; the services check its grammar."""
    return f"{feature}/{name}"


def address_of(key: str) -> str:
    """Return the address of an artifact's page."""
    return f"/artifacts/{key}"
