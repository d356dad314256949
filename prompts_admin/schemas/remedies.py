"""Remedies as problem documents and releases say them, and as a terminal prints them: with the command to type."""

from __future__ import annotations

from prompts_admin.domain.remedies import Remedy

PROGRAM = "prompts-admin"
WORDS = {
    "acknowledge_breaking": "If they are ready for it, acknowledge: --ack breaking",
    "acknowledge_secrets": "Remove it, or acknowledge it: --ack secrets",
    "apply": "Approved. Make it live: prompts-admin apply {release}",
    "ask_for_less": "Ask for a lesser role, name --feature, or lower --clearance.",
    "copy": "Copy it: prompts-admin copy {key} NEW",
    "copy_first": "Copy it first: prompts-admin copy {key} NEW",
    "promote_first": "First: prompts-admin promote {versions} --to {stage}",
    "promote_instead": "Promote what should go live: prompts-admin promote KEY --to internal",
    "promote_onward": "Promote to {stage}: prompts-admin promote {versions} --to {stage}",
    "propose_afresh": "Propose it afresh: prompts-admin promote --again {release}",
    "raise_first": "Raise {stage} to 100 % first: prompts-admin promote {version} --to {stage}",
    "raise_share": "Raise the share: prompts-admin promote {versions} --to {stage}",
    "see_artifact": "See: prompts-admin status {key}",
    "see_history": "See: prompts-admin history {key}",
    "see_overview": "See: prompts-admin status",
    "see_people": "See: prompts-admin user list",
    "see_release": "See: prompts-admin release {release}",
    "see_releases": "See: prompts-admin releases",
    "see_settings": "See: prompts-admin settings",
    "see_settings_change": "See: prompts-admin settings {change}",
    "switch_off_first": "Switch it off first: prompts-admin rollback {key} --to none",
    "undo": "Undo it: prompts-admin undo {release}",
    "undo_instead": "Put it back instead: prompts-admin undo {release}",
    "withdraw_first": "Withdraw it first: prompts-admin withdraw {release}",
}


def in_words(remedy: str | Remedy) -> str:
    """Return a remedy as a sentence with the command; one that is a sentence already as it is."""
    if isinstance(remedy, str):
        return remedy
    return WORDS[remedy.name].format(**remedy.about)


def command_of(remedy: Remedy) -> str:
    """Return the command of a remedy alone, ready to be typed."""
    words = in_words(remedy)
    return words[words.index(PROGRAM) :]
