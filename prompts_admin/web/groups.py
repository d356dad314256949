"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

GROUPS: tuple[Blueprint, ...] = ()
