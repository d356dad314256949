"""The kinds of artifact, one row for each: what the program does with it; and how its fields are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from prompts_admin.domain.content.declarations import is_name, read_variables
from prompts_admin.domain.content.params import read_params
from prompts_admin.domain.content.tools import read_response_format, read_tools
from prompts_admin.domain.digests import DIGEST
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import parse_key, parse_reference
from prompts_admin.domain.newer_fields import NEWER_FIELDS
from prompts_admin.domain.problems import Findings, at, kind_of

Kind = Literal["prompt", "model", "snippet"]
ROLES = ("system", "user", "assistant", "developer", "tool")
MAX_MESSAGES = 200
MAX_FALLBACKS = 10


@dataclass(frozen=True)
class ArtifactKind:
    """A kind of artifact: `fields` in the order of its file, those that are `required`, and what is done with it.

    What has no stages is never proposed, and its newest version is the one that counts; what is not served is in
    no snapshot; what is not searched is found by nobody who types a word. `changed_by` is the right to save one
    (an action of `domain.people.permissions`), `page` the name of the page that shows it.
    """

    name: Kind
    fields: tuple[str, ...]
    required: tuple[str, ...]
    has_stages: bool = True
    is_served: bool = True
    is_searched: bool = True
    changed_by: str = "save"
    page: str = "artifact"


ARTIFACT_KINDS: dict[str, ArtifactKind] = {
    kind.name: kind
    for kind in (
        ArtifactKind(
            "prompt",
            ("kind", "description", "model", "variables", "messages", "response_format", "tools", "pins"),
            ("messages",),
        ),
        ArtifactKind(
            "model",
            ("kind", "description", "provider", "name", "params", "fallbacks", "pins"),
            ("provider", "name"),
        ),
        ArtifactKind("snippet", ("kind", "description", "variables", "text", "pins"), ("text",)),
    )
}
KINDS: tuple[Kind, ...] = tuple(kind.name for kind in ARTIFACT_KINDS.values())
_CONTROL = re.compile("[\0-\x1f\x7f]")


def read_kind(raw: Any, found: Findings) -> Json:
    """Return the normal form: the fields of its kind in order, without nulls and empty optional ones."""
    if not isinstance(raw, Mapping):
        found.say("", f"must be an object with fields, not {kind_of(raw)}.", "Start with 'kind: prompt'.")
        return {}
    kind = found.one_of(raw.get("kind"), "kind", KINDS)
    if not kind:
        return {}
    row = ARTIFACT_KINDS[kind]
    fields = found.fields(raw, "", row.fields, newer=NEWER_FIELDS["artifact"])
    for name in row.required:
        if name not in fields:
            found.say(name, f"A {kind} needs the field '{name}'.", "Add it.")
    content = {name: _read(name, fields, found) for name in row.fields if name in fields}
    return {name: value for name, value in content.items() if value or name in row.required}


def _read(name: str, fields: Mapping[str, Any], found: Findings) -> Any:
    if name == "params":
        return read_params(fields[name], str(fields.get("provider", "")), found)
    return _READERS[name](fields[name], found)


def _messages(value: Any, found: Findings) -> list[dict[str, str]]:
    items = found.items(value, "messages", most=MAX_MESSAGES)
    if isinstance(value, (list, tuple)) and not value:
        found.say("messages", "must hold at least one message.", "Write '- role: user' with its content.")
    return [_message(item, at("messages", index), found) for index, item in enumerate(items)]


def _message(value: Any, path: str, found: Findings) -> dict[str, str]:
    if isinstance(value, Mapping) and "placeholder" in value:
        name = found.fields(value, path, ("placeholder",)).get("placeholder")
        if not is_name(name):
            found.say(at(path, "placeholder"), "must be the name of a variable.", "For instance 'history'.")
        return {"placeholder": str(name)}
    fields = found.fields(value, path, ("role", "content"))
    if not isinstance(value, Mapping):
        return {}
    if "content" not in fields:
        found.say(
            path, "has no content.", "Write 'content', or 'placeholder: history' for a list of messages."
        )
    role = found.one_of(fields.get("role"), at(path, "role"), ROLES)
    return {"role": role, "content": found.text(fields.get("content", ""), at(path, "content"))}


def _reference(value: Any, found: Findings, path: str = "model") -> str:
    try:
        reference = parse_reference(value)
    except Refused as refusal:
        found.say(path, refusal.detail, refusal.sentence)
        return ""
    if reference.stage is not None:
        found.say(
            path, f"names the stage '{reference.stage}'; a version pins a version.", "Write 'key' or 'key@3'."
        )
    return str(reference)


def _fallbacks(value: Any, found: Findings) -> list[str]:
    items = found.items(value, "fallbacks", most=MAX_FALLBACKS)
    names = [_reference(item, found, at("fallbacks", index)) for index, item in enumerate(items)]
    for index, name in enumerate(names):
        if name and name in names[:index]:
            found.say(at("fallbacks", index), f"'{name}' stands here twice.", "Take one out.")
    return names


def _pins(value: Any, found: Findings) -> Json:
    if not isinstance(value, Mapping):
        found.say(
            "pins", "must be an object: each key with version and digest.", "Leave it out; saving writes it."
        )
        return {}
    return {key: _pin(key, pin, found) for key, pin in value.items()}


def _pin(key: str, value: Any, found: Findings) -> Json:
    path = at("pins", key)
    try:
        parse_key(key)
    except Refused as refusal:
        found.say(path, refusal.detail, refusal.sentence)
    fields = found.fields(value, path, ("version", "digest"))
    version, digest = fields.get("version"), fields.get("digest")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        found.say(
            at(path, "version"), "must be the number of a version.", "Leave 'pins' out; saving writes it."
        )
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        found.say(at(path, "digest"), "must be 'sha256:' and 64 hexadecimal digits.", "Leave 'pins' out.")
    return {"version": version, "digest": digest}


def _label(path: str) -> Callable[[Any, Findings], str]:
    def read(value: Any, found: Findings) -> str:
        text = found.text(value, path, empty=False, most=200)
        if _CONTROL.search(text):
            found.say(path, "contains a control character.", "Write it on one line, without tabs.")
        return text

    return read


_READERS: dict[str, Callable[[Any, Findings], Any]] = {
    "kind": lambda value, found: found.one_of(value, "kind", KINDS),
    "description": lambda value, found: found.text(value, "description", most=10_000),
    "model": _reference,
    "variables": read_variables,
    "messages": _messages,
    "response_format": read_response_format,
    "tools": read_tools,
    "pins": _pins,
    "provider": _label("provider"),
    "name": _label("name"),
    "fallbacks": _fallbacks,
    "text": lambda value, found: found.text(value, "text"),
}
