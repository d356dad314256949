"""Operations on features and stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Email, Line, Text
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.schemas.settings import FeatureInFull
from prompts_admin.services.core.work import Work
from prompts_admin.services.features import documents as feature_documents
from prompts_admin.services.features.lifecycle import edit_feature


class FeatureBody(Body):
    """What may be changed directly; what is left out stays, null removes."""

    title: Line | None = Field(None, min_length=1)
    description: Text | None = None
    dri: Email | None = None
    on_call: Email | None = None
    runbook: Line | None = None


def list_features(call: Call) -> Answer:
    return Answer(call.look(feature_documents.list_features))


def show_feature(call: Call) -> Answer:
    return Answer(call.look(feature_documents.show_feature, call.path["feature"]))


def change_feature(call: Call) -> Answer:
    changes = call.body(FeatureBody).model_dump(exclude_unset=True)
    return Answer(call.do(_edited, call.path["feature"], changes))


def list_stages(call: Call) -> Answer:
    return Answer(call.look(feature_documents.list_stages))


def _edited(work: Work, key: str, changes: Mapping[str, Any]) -> FeatureInFull:
    edit_feature(work, key, changes)
    return feature_documents.show_feature(work, key)


FEATURE = "/features/{feature}"
OPERATIONS = (
    Operation(
        method="GET",
        path="/features",
        name="list_features",
        summary="List features with who owns them and who must sign.",
        access="read",
        run=list_features,
        answers={200: "list of Feature"},
    ),
    Operation(
        method="GET",
        path=FEATURE,
        name="show_feature",
        summary="Show one feature and who can sign there.",
        access="read",
        run=show_feature,
        answers={200: "FeatureInFull"},
        refusals=("not_found",),
    ),
    Operation(
        method="PATCH",
        path=FEATURE,
        name="change_feature",
        summary="Change title, description, DRI, on-call or runbook.",
        access="edit_feature",
        run=change_feature,
        body=FeatureBody,
        answers={200: "FeatureInFull"},
        refusals=("not_found", "forbidden"),
        limit="write",
        example={"on_call": "oncall@example.com"},
    ),
    Operation(
        method="GET",
        path="/stages",
        name="list_stages",
        summary="Show the ladder and each stage's audience.",
        access="read",
        run=list_stages,
        answers={200: "StageList"},
        refusals=("not_found",),
    ),
)
