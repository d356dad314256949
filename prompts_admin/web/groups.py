"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

from prompts_admin.web import (
    account,
    artifacts,
    audiences,
    audit,
    comparing,
    deciding,
    editing,
    entry,
    explaining,
    features,
    overview,
    people,
    policies,
    proposing,
    putting_back,
    readers,
    releases,
    restoring,
    searching,
    settings,
    timelines,
    tokens,
    versions,
    waiting,
)

GROUPS: tuple[Blueprint, ...] = (
    entry.group,
    account.group,
    overview.group,
    artifacts.group,
    editing.group,
    versions.group,
    comparing.group,
    putting_back.group,
    releases.group,
    readers.group,
    proposing.group,
    deciding.group,
    waiting.group,
    features.group,
    policies.group,
    audiences.group,
    settings.group,
    restoring.group,
    explaining.group,
    timelines.group,
    searching.group,
    audit.group,
    people.group,
    tokens.group,
)
