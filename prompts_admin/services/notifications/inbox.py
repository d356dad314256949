"""What waits for one person: to sign, to apply, to propose again."""

from __future__ import annotations

from prompts_admin.domain.people.permissions import allowed
from prompts_admin.schemas.releases import Release
from prompts_admin.schemas.settings import WaitingForMe
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies.documents import settings_documents
from prompts_admin.services.releases.documents import release_documents
from prompts_admin.services.releases.lists import refused
from prompts_admin.store.releases import policy_changes, read_models


def waiting(work: Work) -> WaitingForMe:
    """Return what waits for the asker: releases and settings to sign, approved ones to apply, own ones refused.

    What went live by break-glass waits too, as long as it runs and sign-offs are owed; what was refused until it is
    proposed again, or for `REMEMBERED`.
    """
    work.require_somewhere("read")
    numbers = read_models.open_releases(work.connection, features=work.readable())
    broken = read_models.glass_broken(work.connection, features=work.readable())
    documents = release_documents(work, [*numbers, *broken])
    mine = [document for document in documents if document["items"] and _waits_for(work, document)]
    changes = policy_changes.change_numbers(work.connection, state="proposed")
    settings = [
        document
        for document in settings_documents(work, changes)
        if any(work.actor.email in missing["people"] for missing in document["missing"])
    ]
    return {"releases": mine, "settings": settings, "refused": refused(work, by=work.actor.label)}


def _waits_for(work: Work, document: Release) -> bool:
    if any(work.actor.email in missing["people"] for missing in document["missing"]):
        return True
    by_hand = document["apply"] == "manual" or (document["apply_at"] or "9") < iso(work.now)
    to_apply = document["state"] == "approved" and by_hand
    mine = document["proposed_by"] == work.actor.label
    return to_apply and (mine or allowed(work.actor, "apply", document["feature"]))
