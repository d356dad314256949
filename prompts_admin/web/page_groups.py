"""The page groups; a new one is added here and nowhere else."""

from __future__ import annotations

from flask import Blueprint

from prompts_admin.web.artifacts import command_palette as palette
from prompts_admin.web.artifacts import compare as comparing
from prompts_admin.web.artifacts import explain as explaining
from prompts_admin.web.artifacts import kept_answers as examples
from prompts_admin.web.artifacts import overview, versions
from prompts_admin.web.artifacts import page as artifacts
from prompts_admin.web.artifacts import search as searching
from prompts_admin.web.artifacts import timeline as timelines
from prompts_admin.web.editor import drafts as own_drafts
from prompts_admin.web.editor import page as editing
from prompts_admin.web.editor import playground as trying
from prompts_admin.web.help import pages as helping
from prompts_admin.web.operating import audit, readers
from prompts_admin.web.people import account, tokens
from prompts_admin.web.people import directory as people
from prompts_admin.web.people import sign_in as entry
from prompts_admin.web.releases import decisions as deciding
from prompts_admin.web.releases import pages as releases
from prompts_admin.web.releases import proposal as proposing
from prompts_admin.web.releases import restore as restoring
from prompts_admin.web.releases import rollback as putting_back
from prompts_admin.web.releases import waiting
from prompts_admin.web.settings import audiences, features, policies
from prompts_admin.web.settings import changes as settings

GROUPS: tuple[Blueprint, ...] = (
    entry.group,
    account.group,
    overview.group,
    artifacts.group,
    editing.group,
    own_drafts.group,
    trying.group,
    examples.group,
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
    palette.group,
    audit.group,
    helping.group,
    people.group,
    tokens.group,
)
