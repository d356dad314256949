"""What templates are given."""

from __future__ import annotations

from typing import Any

View = dict[str, Any]
"""Values by the names that a template knows them by; documents in it keep their own types until there."""
