"""The refusal of a key that names nothing, with the key that was probably meant."""

from __future__ import annotations

from difflib import get_close_matches

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import NotFound
from prompts_admin.domain.keys import feature_of
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import read_models

LOOKED_AT = 500
"""How many keys are compared at most, those of the same feature first."""


def unknown_artifact(work: Work, key: str) -> NotFound:
    """Return the refusal; only keys that the asker may read are suggested."""
    near = get_close_matches(key, [*_keys(work, feature_of(key)), *_keys(work, None)], n=1, cutoff=0.7)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    detail, members = f"There is no artifact '{key}'.{meant}", {"meant": near[0]} if near else {}
    return NotFound("not_found", detail, remedies.see_overview(), members=members)


def _keys(work: Work, feature: str | None) -> list[str]:
    readable = work.readable()
    rows = read_models.artifact_page(
        work.connection, features=readable, feature=feature, over=above(work), limit=LOOKED_AT
    )
    return [row.key for row in rows]
