"""The one release that needs nobody's sign-off: what a workspace starts with."""

from __future__ import annotations

from collections.abc import Sequence

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.permissions import SYSTEM_EMAIL
from prompts_admin.domain.releases.records import Change, Event, Item, Release, State
from prompts_admin.domain.stages import EMPTY, STAGES, Entry
from prompts_admin.schemas.releases import Release as ReleaseDocument
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.activation import make_live
from prompts_admin.services.releases.documents import release_document
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import releases

NOT_SIGNED = "The first release of this workspace; not signed."


def first_release(work: Work, keys: Sequence[str]) -> ReleaseDocument:
    """Settle the newest version of `keys` on every stage, shown as not signed.

    Raises Refused `nothing_changes` once any release exists: from then on everything is promoted.
    """
    work.require("manage_workspace")
    if work.head.last_release:
        detail = "This workspace has releases already; only its first one needs no sign-off."
        raise Refused("nothing_changes", detail, remedies.promote_instead())
    named = artifacts.find_artifacts(work.connection, keys)
    found = {key: row for key, row in named.items() if row.row.has_stages}
    if not found:
        raise Refused("nothing_changes", "There is nothing to make live.", "Import some artifacts with it.")
    digests = artifacts.digests_of(work.connection, [(key, row.latest) for key, row in found.items()])
    changes = [
        Change(stage, key, EMPTY, Entry(found[key].latest)) for key in sorted(found) for stage in STAGES
    ]
    items = [
        Item(
            change.stage,
            change.key,
            change.after.settled,
            digest=digests[change.key, change.after.settled or 0],
        )
        for change in changes
    ]
    release = Release(
        work.uow.next_release(), "initial", None, None, NOT_SIGNED, SYSTEM_EMAIL, "system", work.now
    )
    state = State(release.number, "live", work.now, SYSTEM_EMAIL, "", work.now, work.uow.raise_revision())
    releases.insert_release(work.uow, release, items, state)
    releases.add_event(work.uow, Event(release.number, "initial", work.now, SYSTEM_EMAIL, NOT_SIGNED))
    make_live(work, release, items, changes)
    return release_document(work, release.number)
