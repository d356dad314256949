"""The look-up table of a snapshot: for each key a compiled decision and the finished answers it chooses from.

It is made once for each revision, so that a call of the client costs two look-ups and the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prompts_admin.domain.targeting.compiled_rules import Decide, Decider, compile_decider
from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.freshness import Freshness

PromptRow = tuple[Decide, tuple["Prompt | None", ...]]
ModelRow = tuple[Decide, tuple["Model | None", ...]]
Ignored = Callable[[str, frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows by key. An answer that needs the slow path (nothing, or hidden from the token) is None."""

    prompts: dict[str, PromptRow]
    models: dict[str, ModelRow]


def make_lookup(
    snapshot: Snapshot, freshness: Freshness, ignored: Ignored, before: tuple[Snapshot, Lookup] | None
) -> Lookup:
    """Return the look-up table of a snapshot, with the rows of `before` where nothing changed since."""
    ladders, versions = snapshot.ruleset.ladders, snapshot.versions
    lookup, changed = Lookup({}, {}), list(ladders)
    if before is not None:
        old, kept = before
        lookup = Lookup(dict(kept.prompts), dict(kept.models))
        # What a delta did not touch is the same object: identity is enough, and much cheaper than equality.
        changed = [
            key
            for key in {**ladders, **old.ruleset.ladders}
            if key not in ladders
            or old.ruleset.ladders.get(key) is not ladders[key]
            or old.versions.get(key) is not versions.get(key)
        ]
    deciders: dict[int, Decider] = {}
    for key in changed:
        lookup.prompts.pop(key, None)
        lookup.models.pop(key, None)
        ladder, contents = ladders.get(key), versions.get(key)
        if ladder is not None and contents:
            # Artifacts with the same ladder share one decider; its id holds as long as the snapshot lives.
            decider = deciders.get(id(ladder))
            if decider is None:
                decider = deciders[id(ladder)] = compile_decider(ladder)
            _add_row(lookup, key, decider, contents, freshness, ignored)
    return lookup


def _add_row(
    lookup: Lookup,
    key: str,
    decider: Decider,
    contents: Mapping[int, Version],
    freshness: Freshness,
    ignored: Ignored,
) -> None:
    kind = next(iter(contents.values())).kind
    chosen = [(one, contents.get(one.version or 0)) for one in decider.answers]
    if kind == "prompt":
        lookup.prompts[key] = (
            decider.decide,
            tuple(
                Prompt(key, one.stage, one.reason, freshness, content, ignored)
                if content and content.kind == kind
                else None
                for one, content in chosen
            ),
        )
    elif kind == "model":
        lookup.models[key] = (
            decider.decide,
            tuple(
                Model(key, one.stage, one.reason, freshness, content)
                if content and content.kind == kind
                else None
                for one, content in chosen
            ),
        )
