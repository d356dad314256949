"""Answers of models that are kept as examples of a version: beside it, since a version never changes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from prompts_admin.domain.authentication_codes import hex_code, is_code
from prompts_admin.domain.content.records import Example
from prompts_admin.domain.errors import NotFound, Refused
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.text.secret_detection import find_secrets
from prompts_admin.services.artifacts.references import known_version
from prompts_admin.services.core.server_key import own_key
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.settings.table import Settings
from prompts_admin.store.artifacts import kept_answers

MOST = 50
"""Examples of one version."""
MOST_MODEL = 200
"""Characters of the name of a model."""


@dataclass(frozen=True, kw_only=True)
class NewExample:
    """What shall be kept: the version, the model that answered, the values, the answer, and the proof of it."""

    key: str
    number: int
    model: str
    answer: str
    values: Mapping[str, str]
    proof: str = ""


class ExampleDocument(TypedDict):
    """What a model answered to a version with some values, and who kept it."""

    id: str
    key: str
    number: int
    by: str
    at: str
    model: str
    values: dict[str, str]
    answer: str


def proof_of(settings: Settings, new: NewExample) -> str:
    """Return what proves that this server got this answer: an HMAC-SHA256 over all that is kept.

    Raises Unavailable when the server's own key cannot be used.
    """
    values = sorted((name, _plain(text)) for name, text in new.values.items())
    told = (new.key, new.number, new.model, values, _plain(new.answer))
    return hex_code(own_key(settings), f"example {json.dumps(told, ensure_ascii=False)}")


def keep_example(work: Work, new: NewExample) -> ExampleDocument:
    """Keep an answer as an example of a version; raises Refused `too_large`, `secret_found`, `invalid`.

    Only an answer that this server got is kept: an example says what a model answered.
    """
    key = parse_key(new.key)
    work.require("save", feature_of(key))
    known_version(work, key, new.number)
    _check(work, key, new)
    if not is_code(proof_of(work.settings, replace(new, key=key)), new.proof):
        detail = "This is not, letter for letter, what a model answered to this version here."
        raise Refused("invalid", detail, "Try the prompt again, and keep what comes.")
    example = Example(
        secrets.token_hex(8),
        key,
        new.number,
        work.actor.label,
        work.now,
        new.model,
        dict(new.values),
        new.answer,
    )
    kept_answers.insert_example(work.connection, example)
    work.record("keep_example", f"{key}@{new.number}", feature=feature_of(key), example=example.id)
    return _document(example)


def list_examples(work: Work, key: str, number: int) -> list[ExampleDocument]:
    """Return the examples of a version, newest first."""
    version = known_version(work, parse_key(key), number)
    return [_document(one) for one in kept_answers.examples_of(work.connection, version.key, number)]


def hide_example(work: Work, example_id: str) -> ExampleDocument:
    """Hide an example from the page of its version; it stays in the store."""
    found = kept_answers.find_example(work.connection, example_id)
    if found is None or not work.may("read", feature_of(found.key)):
        raise NotFound("not_found", "There is no such example.", "Look at the version's page.")
    known_version(work, found.key, found.number)
    work.require("save", feature_of(found.key))
    kept_answers.hide_example(work.connection, found.id, by=work.actor.label, at=work.now)
    subject = f"{found.key}@{found.number}"
    work.record("hide_example", subject, feature=feature_of(found.key), example=found.id)
    return _document(found)


def _check(work: Work, key: str, new: NewExample) -> None:
    size = sum(len(text.encode("utf-8", "replace")) for text in _texts(new))
    if size > work.settings.try_bytes:
        raise Refused(
            "too_large", f"An example holds {work.settings.try_bytes} bytes.", "Keep a shorter one."
        )
    if len(new.model) > MOST_MODEL:
        raise Refused("too_large", f"The name of a model has {MOST_MODEL} characters.", "Name a shorter one.")
    if not new.answer.strip():
        raise Refused("invalid", "There is no answer to keep.", "Try the prompt first.")
    if any("\0" in text for text in (*new.values, *new.values.values())):
        raise Refused("invalid", "A value has a character that cannot be stored.", "Take it out.")
    if len(kept_answers.examples_of(work.connection, key, new.number)) >= MOST:
        raise Refused("too_large", f"A version has {MOST} examples at most.", "Hide one first.")
    if any(find_secrets(text) for text in (new.answer, *new.values.values())):
        raise Refused(
            "secret_found", f"This example of '{key}' seems to contain a credential.", "Keep another."
        )


def _plain(text: str) -> str:
    """Return a text with line ends of one kind: a browser makes every one of a form CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _texts(new: NewExample) -> tuple[str, ...]:
    return (new.answer, new.model, *new.values, *new.values.values())


def _document(example: Example) -> ExampleDocument:
    return {
        "id": example.id,
        "key": example.key,
        "number": example.number,
        "by": example.by,
        "at": iso(example.at),
        "model": example.model,
        "values": dict(example.values),
        "answer": example.answer,
    }
