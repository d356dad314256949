"""Changes of what a content refers to: `model support/fast v3 -> v4`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.comparison.changes import Change
from prompts_admin.domain.content.references import pins_of, references_of
from prompts_admin.domain.keys import parse_reference

Content = Mapping[str, Any]
Versions = dict[str, int | None]


def reference_changes(old: Content, new: Content) -> Iterator[Change]:
    """Yield the changes of model, fallbacks and snippets, by key and version."""
    yield from _model(_versions(old, "model"), _versions(new, "model"))
    before, after = _versions(old, "fallbacks"), _versions(new, "fallbacks")
    yield from _each("model", "fallback", before, after)
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield Change(
            "model", "fallbacks", f"fallbacks in another order: {', '.join(after)}", [*before], [*after]
        )
    yield from _each("snippet", "snippet", _versions(old, "snippet"), _versions(new, "snippet"))


def _versions(content: Content, where: str) -> Versions:
    """Return the versions by key of what stands in a field, or of the snippets."""
    if not content:
        return {}
    models = [content["model"]] if "model" in content else []
    models += content.get("fallbacks", [])
    if where == "snippet":
        known = {parse_reference(model).key for model in models}
        references = [reference for reference in references_of(content) if reference.key not in known]
    else:
        references = [
            parse_reference(model) for model in models if (where == "model") == ("model" in content)
        ]
    pins = pins_of(content)
    return {r.key: pins[r.key].version if r.key in pins else r.version for r in references}


def _model(before: Versions, after: Versions) -> Iterator[Change]:
    if before == after:
        return
    if list(before) == list(after):
        yield from _each("model", "model", before, after)
        return
    old, new = _shown(before), _shown(after)
    sentence = (
        f"model {old} -> {new}" if old and new else f"model {new} added" if new else f"model {old} removed"
    )
    yield Change("model", "model", sentence, old or None, new or None)


def _each(classification: str, name: str, before: Versions, after: Versions) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            sentence = f"{name} {key}{_version(before[key])} removed"
        elif key not in before:
            sentence = f"{name} {key}{_version(after[key])} added"
        elif before[key] != after[key]:
            sentence = f"{name} {key}{_version(before[key])} ->{_version(after[key])}"
        else:
            continue
        yield Change(classification, f"pins.{key}", sentence, before.get(key), after.get(key))


def _shown(versions: Versions) -> str:
    return ", ".join(f"{key}{_version(version)}" for key, version in versions.items())


def _version(version: int | None) -> str:
    return " newest" if version is None else f" v{version}"
