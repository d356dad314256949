"""Arbitrary JSON: what the code that passes it on knows no member of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
"""A JSON object as people wrote it: the content of a version, an assembled value, the settings of a scope."""
Content = Mapping[str, Any]
"""The content of a version; it never changes."""
