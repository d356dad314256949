"""What may be tried with a model, and the request that is sent for it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TypedDict

from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.targeting.snapshot import DEFAULT_CLASSIFICATION as DEFAULT
from prompts_admin.domain.templates.chat import chat_request
from prompts_admin.services.artifacts.preview import Draft, contained_keys
from prompts_admin.services.core.work import Work
from prompts_admin.services.playground.model_endpoint import Attempt, Price
from prompts_admin.store.artifacts import artifacts, features


class Trying(TypedDict):
    """Whether prompts can be tried at all, with which models, and why this one cannot."""

    on: bool
    why_not: str
    models: list[str]


def show_trying(work: Work, key: str) -> Trying:
    """Return whether a prompt can be tried."""
    settings = work.settings
    barred = _barred(work, _newest(work, key)) if settings.try_url and key else ""
    return {"on": bool(settings.try_url), "why_not": barred, "models": sorted(_prices(work))}


def prepare_try(work: Work, draft: Draft, value: Json) -> Attempt:
    """Return the request for a draft whose `value` has its messages rendered.

    Raises Refused `try_off`, `not_triable`, `too_large`; NotPermitted for who may not save, and for data that
    the endpoint must not get.
    """
    key = parse_key(draft.key)
    work.require("save", feature_of(key))
    if not work.settings.try_url:
        raise Refused("try_off", "No model endpoint is set up.", "Ask an administrator for one.")
    barred = _barred(work, contained_keys(work, draft))
    if barred:
        raise NotPermitted("barred", barred, "Try a prompt of another feature.")
    if "messages" not in value:
        raise Refused("not_triable", "Only prompts can be tried.", "Try a prompt that contains it.")
    body = chat_request(key, value, [message for message in value["messages"] if "role" in message])
    _check(work, body)
    return Attempt(body, _prices(work).get(body["model"]) or None)


def _check(work: Work, body: Json) -> None:
    known = _prices(work)
    if not body.get("model"):
        raise Refused("not_triable", "This prompt names no model.", "Choose one for it first.")
    if known and body["model"] not in known:
        detail = f"The model '{body['model']}' may not be tried here."
        raise Refused("not_triable", detail, f"Choose one of: {', '.join(sorted(known))}.")
    if len(json.dumps(body).encode()) > work.settings.try_bytes:
        raise Refused("too_large", f"No more than {work.settings.try_bytes} bytes are sent.", "Shorten it.")


def _barred(work: Work, keys: Collection[str]) -> str:
    """Return why the data of these must not leave, "" when they may."""
    most = work.settings.try_classification
    documents = features.current_documents(work.connection, {feature_of(key) for key in keys})
    classes = [document.document.get("classification") or DEFAULT for document in documents.values()]
    has = max([*classes, CLEARANCES[0]] if documents else [DEFAULT], key=CLEARANCES.index)
    if CLEARANCES.index(has) <= CLEARANCES.index(most):
        return ""
    return f"Its data are '{has}', and the endpoint may get '{most}' at most: it cannot be tried."


def _newest(work: Work, key: str) -> set[str]:
    """Return the key and what its newest version contains."""
    artifact = artifacts.find_artifacts(work.connection, [key]).get(key)
    if artifact is None:
        return {key}
    inner = artifacts.contained_in(work.connection, [(key, artifact.latest)])[key, artifact.latest]
    return {key, *(one.key for one in inner)}


def _prices(work: Work) -> dict[str, Price]:
    return dict(json.loads(work.settings.try_models or "{}"))
