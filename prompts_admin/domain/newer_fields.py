"""Fields of files that a later version of the product knows: who brings such a file is told what to update to.

A version that adds a field puts a line here into those that are still maintained. They then name that version instead
of guessing what was meant.
"""

from __future__ import annotations

NEWER_FIELDS: dict[str, dict[str, str]] = {"artifact": {}, "feature": {}, "workspace": {}}
"""By file the fields that this version does not know, each with the version that does: `{"target": "0.4.0"}`."""
