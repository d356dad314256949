"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

from prompts_admin.web import artifacts, entry, overview, putting_back

GROUPS: tuple[Blueprint, ...] = (
    entry.group,
    overview.group,
    artifacts.group,
    putting_back.group,
)
