"""Processes to kill, and a store to kill them over."""

from __future__ import annotations

from tests.faults.victims import folder, nursery, place, secrets, template

__all__ = ["folder", "nursery", "place", "secrets", "template"]
