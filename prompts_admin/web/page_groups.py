"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

from prompts_admin.web.artifacts import (
    command_palette,
    compare,
    explain,
    kept_answers,
    overview,
    search,
    timeline,
    versions,
)
from prompts_admin.web.artifacts import page as artifact_page
from prompts_admin.web.editor import drafts, page, playground
from prompts_admin.web.help import pages as help_pages
from prompts_admin.web.operating import audit, readers
from prompts_admin.web.people import account, directory, sign_in, tokens
from prompts_admin.web.releases import decisions, pages, proposal, restore, rollback, waiting
from prompts_admin.web.settings import audiences, features, policies
from prompts_admin.web.settings import changes as settings_changes_pages

GROUPS: tuple[Blueprint, ...] = (
    sign_in.group,
    account.group,
    overview.group,
    artifact_page.group,
    page.group,
    drafts.group,
    playground.group,
    kept_answers.group,
    versions.group,
    compare.group,
    rollback.group,
    pages.group,
    readers.group,
    proposal.group,
    decisions.group,
    waiting.group,
    features.group,
    policies.group,
    audiences.group,
    settings_changes_pages.group,
    restore.group,
    explain.group,
    timeline.group,
    search.group,
    command_palette.group,
    audit.group,
    help_pages.group,
    directory.group,
    tokens.group,
)
