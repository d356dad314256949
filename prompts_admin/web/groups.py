"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

from prompts_admin.web import entry, overview

GROUPS: tuple[Blueprint, ...] = (entry.group, overview.group)
