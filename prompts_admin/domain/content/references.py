"""What a version refers to, and its pins: the versions and digests that it contains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.content.texts import texts_of
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import Reference, parse_reference
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.templates.template import remembered

_VERSION = re.compile("@[0-9]+$")


@dataclass(frozen=True)
class Pin:
    """The version of another artifact that a version contains, with the digest of its content."""

    version: int
    digest: str

    def as_json(self) -> Json:
        """Return the form that stands in a content's `pins`."""
        return {"version": self.version, "digest": self.digest}


def references_of(content: Mapping[str, Any]) -> tuple[Reference, ...]:
    """Return each key that a checked content refers to, once: model, fallbacks, then includes as they come.

    A version typed anywhere counts for the key. Raises Refused("invalid_content") for a key with two
    versions.
    """
    found = Findings()
    references = _distinct(content, found)
    found.refuse()
    return references


def kind_wanted(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the kind that each key referred to must have: `model` in model and fallbacks, else `snippet`."""
    return {reference.key: kind for _, kind, reference in _mentions(content, Findings())}


def pins_of(content: Mapping[str, Any]) -> dict[str, Pin]:
    """Return the pins of a stored content by key."""
    return {key: Pin(pin["version"], pin["digest"]) for key, pin in content.get("pins", {}).items()}


def with_pins(content: Mapping[str, Any], pins: Mapping[str, Pin]) -> Json:
    """Return the content as it is stored: model and fallbacks as `key@n`, and `pins` for every direct
    reference.

    `pins` may hold more keys than are needed; KeyError for one that it lacks.
    """
    bare = {name: value for name, value in content.items() if name != "pins"}
    pinned = _with_models(bare, {key: pin.version for key, pin in pins.items()})
    needed = {reference.key: pins[reference.key].as_json() for reference in references_of(bare)}
    return {**pinned, "pins": needed} if needed else pinned


def unpinned(content: Mapping[str, Any], base: Mapping[str, Any] | None) -> Json:
    """Return the editable form: what is pinned as `base` pins it stands without version and without pin.

    A difference to the base stays visible, as `key@n` and in `pins`; without a base everything stays. The
    text of the messages is never changed. Saving the result on that base gives the same content again.
    """
    kept = {key: pin for key, pin in pins_of(base or {}).items() if pins_of(content).get(key) == pin}
    others = {key: pin for key, pin in content.get("pins", {}).items() if key not in kept}
    editable = {name: value for name, value in content.items() if name != "pins"}
    editable = _with_models(editable, dict.fromkeys(kept))
    return {**editable, "pins": others} if others else editable


def check_references(content: Mapping[str, Any], found: Findings) -> None:
    """Note what cannot all be meant: two versions or two kinds of one key, pins that fit nothing."""
    references = {reference.key: reference for reference in _distinct(content, found)}
    for key, pin in content.get("pins", {}).items():
        reference = references.get(key)
        if reference is None:
            found.say(at("pins", key), f"Nothing here refers to '{key}'.", "Take the pin out.")
        elif reference.version not in (None, pin["version"]):
            message = f"pins v{pin['version']}, but the reference says '{reference}'."
            found.say(at("pins", key), message, "Take the pin out.")


def _distinct(content: Mapping[str, Any], found: Findings) -> tuple[Reference, ...]:
    chosen: dict[str, tuple[str, Reference]] = {}
    for path, kind, reference in _mentions(content, found):
        kind_before, before = chosen.setdefault(reference.key, (kind, reference))
        if kind != kind_before:
            found.say(path, f"'{reference.key}' is used as a {kind_before} and as a {kind}.", "Correct one.")
        elif before.version is None:
            chosen[reference.key] = (kind, reference)
        elif reference.version not in (None, before.version):
            found.say(
                path, f"'{reference}' stands beside '{before}'.", "Use one version of it in one artifact."
            )
    return tuple(reference for _, reference in chosen.values())


def _mentions(content: Mapping[str, Any], found: Findings) -> Iterator[tuple[str, str, Reference]]:
    """Yield (path, kind wanted, reference) of each mention in order."""
    if "model" in content:
        yield "model", "model", parse_reference(content["model"])
    for index, fallback in enumerate(content.get("fallbacks", ())):
        yield at("fallbacks", index), "model", parse_reference(fallback)
    for path, text in texts_of(content):
        for include in remembered(text).includes:
            try:
                yield path, "snippet", parse_reference(include)
            except Refused as refusal:
                found.say(path, refusal.detail, refusal.sentence)


def _with_models(content: Mapping[str, Any], versions: Mapping[str, int | None]) -> Json:
    """Return the content with the versions of its models replaced; None takes a version away."""
    changed = dict(content)
    if "model" in content:
        changed["model"] = _with_version(content["model"], versions)
    if "fallbacks" in content:
        changed["fallbacks"] = [_with_version(fallback, versions) for fallback in content["fallbacks"]]
    return changed


def _with_version(reference: str, versions: Mapping[str, int | None]) -> str:
    key = _VERSION.sub("", reference)
    return str(Reference(key, versions[key])) if key in versions else reference
