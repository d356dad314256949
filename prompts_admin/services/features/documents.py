"""Features as documents: who owns them, who must sign, what is classified how."""

from __future__ import annotations

from prompts_admin.domain.errors import NotFound
from prompts_admin.domain.features import Document, Feature
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.settings import Feature as FeatureDocument
from prompts_admin.schemas.settings import FeatureInFull, StageAudience, StageList
from prompts_admin.services.core.work import Work, no_feature
from prompts_admin.store.artifacts import features
from prompts_admin.store.people import grants
from prompts_admin.store.releases import read_models


def list_features(work: Work) -> ListOf[FeatureDocument]:
    """Return every feature that the asker may read."""
    work.require_somewhere("read")
    found = features.find_features(work.connection, work.readable())
    documents = features.current_documents(work.connection, found.keys())
    counts = read_models.feature_counts(work.connection)
    shown = [_document(feature, documents[key], counts.get(key, 0)) for key, feature in found.items()]
    return {"items": shown, "next": None}


def show_feature(work: Work, key: str) -> FeatureInFull:
    """Return one feature and who holds which stakeholder role on it."""
    found = features.find_features(work.connection, [key]).get(key)
    if found is None or not work.may("read", key):
        raise no_feature(key)
    document = features.current_documents(work.connection, [key])[key]
    counts = read_models.feature_counts(work.connection)
    holders = grants.holders_of(work.connection, key)
    signers = {role: sorted(people) for role, people in sorted(holders.items())}
    return {**_document(found, document, counts.get(key, 0)), "signers": signers}


def list_stages(work: Work) -> StageList:
    """Return the ladder and each stage's audience."""
    work.require_somewhere("read")
    document = features.current_documents(work.connection, [features.WORKSPACE]).get(features.WORKSPACE)
    if document is None:
        raise NotFound("not_found", "This workspace has no audiences yet.", "Import a `_workspace.yaml`.")
    audiences: Json = document.document["audiences"]
    stages: list[StageAudience] = [{"name": stage, "audience": audiences.get(stage)} for stage in STAGES]
    return {"stages": stages, "document_version": document.version}


def _document(feature: Feature, document: Document, count: int) -> FeatureDocument:
    settings = document.document
    return {
        "key": feature.key,
        "title": feature.title,
        "description": feature.description,
        "dri": feature.dri,
        "on_call": feature.on_call,
        "runbook": feature.runbook,
        "classification": settings.get("classification"),
        "bucket_by": settings.get("bucket_by"),
        "policy": {stage: settings.get("policy", {}).get(stage, {}) for stage in STAGES},
        "document_version": document.version,
        "artifacts": count,
    }
