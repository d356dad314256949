"""Features: made with their first artifact, their direct fields changed directly."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.features import Document, Feature
from prompts_admin.domain.governance.governed_settings import DIRECT_FIELDS, OF_FEATURE, OF_WORKSPACE
from prompts_admin.domain.json_object import Json
from prompts_admin.services.core.work import Work, no_feature
from prompts_admin.store.artifacts import features

DIRECT = tuple(DIRECT_FIELDS)


def ensure_feature(work: Work, key: str, fields: Mapping[str, Any] | None = None) -> bool:
    """Make the feature if it is not there and tell whether it was made; `fields` are `_feature.yaml`'s."""
    if key in features.find_features(work.connection, [key]):
        return False
    work.require("create_feature", key)
    ensure_audiences(work)
    given = dict(fields or {})
    document = OF_FEATURE.defaults | {name: given[name] for name in OF_FEATURE.names if name in given}
    direct = {name: given.get(name) for name in DIRECT}
    title = direct.pop("title") or key.replace("-", " ").replace("_", " ").capitalize()
    description = direct.pop("description") or ""
    row = Feature(
        key=key,
        title=title,
        description=description,
        **direct,
        document_version=1,
        created_at=work.now,
        created_by=work.actor.label,
    )
    features.insert_feature(work.connection, row)
    features.insert_document(work.connection, Document(key, 1, document, None, work.now, work.actor.label))
    work.record("create_feature", key, feature=key, title=title, document=document)
    return True


def check_feature(work: Work, key: str, *, may_make: bool) -> None:
    """Refuse one that is not there: it is made only by who has the right, and where that was said.

    Raises Refused `new_feature`, since nobody has to sign in a new one and so a slip has to be noticed;
    NotPermitted.
    """
    if key in features.find_features(work.connection, [key]):
        return
    if may_make:
        work.require("create_feature", key)
        return
    known = [name for name in features.find_features(work.connection) if work.may("read", name)]
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    remedy = "Correct the key, or say that the feature is to be made."
    raise Refused("new_feature", f"There is no feature '{key}' yet.{meant}", remedy)


def ensure_audiences(work: Work) -> None:
    """Give a workspace that was told nothing the audiences of the design, so that what goes live is served."""
    if features.WORKSPACE not in features.current_documents(work.connection, [features.WORKSPACE]):
        document: Json = OF_WORKSPACE.defaults
        row = Document(features.WORKSPACE, 1, document, None, work.now, work.actor.label)
        features.insert_document(work.connection, row)
        work.record("create_workspace_settings", "workspace", document=document)


def edit_feature(work: Work, key: str, changes: Mapping[str, Any]) -> bool:
    """Change title, description, DRI, on-call or runbook; tell whether anything differed."""
    work.require("edit_feature", key)
    feature = features.find_features(work.connection, [key]).get(key)
    if feature is None:
        raise no_feature(key)
    unknown = sorted(set(changes) - set(DIRECT))
    if unknown:
        raise Refused("invalid", f"'{unknown[0]}' is not changed directly.", "Propose a settings change.")
    new = {name: value for name, value in changes.items() if value != getattr(feature, name)}
    if "title" in new and not str(new["title"]).strip():
        raise Refused("invalid", "A feature needs a title.", "Give one.")
    if not new:
        return False
    _check_duties(work, feature, new)
    features.update_feature(work.connection, key, **new)
    before = {name: getattr(feature, name) for name in new}
    work.record("edit_feature", key, feature=key, before=before, after=new)
    return True


def _check_duties(work: Work, feature: Feature, new: Mapping[str, Any]) -> None:
    """DRI and on-call may break the glass, so nobody makes themselves either."""
    if not {"dri", "on_call"} & set(new) or work.may("manage_people"):
        return
    if feature.dri is None or work.actor.email != feature.dri:
        detail = f"DRI and on-call of '{feature.key}' are named by its DRI or by an administrator."
        raise NotPermitted("forbidden", detail, f"Ask {feature.dri or 'an administrator'}.")
