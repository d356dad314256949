"""What the client looks up by key: a function that decides, and the answers it decides between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prompts_admin.domain.targeting.compiled_rules import Decide, Decider, compile_decider
from prompts_admin.domain.targeting.rulesets import Ladder
from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.freshness import Standing

PromptCard = tuple[Decide, tuple["Prompt | None", ...]]
ModelCard = tuple[Decide, tuple["Model | None", ...]]
Ignored = Callable[[str, frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Cards:
    """By key. An answer that needs the careful way (nothing, or hidden from the token) is None."""

    prompts: dict[str, PromptCard]
    models: dict[str, ModelCard]


def make_cards(
    snapshot: Snapshot, standing: Standing, ignored: Ignored, before: tuple[Snapshot, Cards] | None
) -> Cards:
    """Return the cards of a snapshot, those of `before` where nothing changed since."""
    maker = _Maker(standing, ignored)
    if before is None:
        cards = Cards({}, {})
        changed = list(snapshot.ruleset.ladders)
    else:
        old, kept = before
        cards = Cards(dict(kept.prompts), dict(kept.models))
        changed = _changed(old, snapshot)
    for key in changed:
        cards.prompts.pop(key, None)
        cards.models.pop(key, None)
        maker.put(key, snapshot, cards)
    return cards


def _changed(old: Snapshot, new: Snapshot) -> list[str]:
    ladders, versions = old.ruleset.ladders, old.versions
    changed = [
        key
        for key, ladder in new.ruleset.ladders.items()
        if ladders.get(key) is not ladder or versions.get(key) is not new.versions.get(key)
    ]
    return changed + [key for key in ladders if key not in new.ruleset.ladders]


class _Maker:
    def __init__(self, standing: Standing, ignored: Ignored) -> None:
        self._standing = standing
        self._ignored = ignored
        self._deciders: dict[int, Decider] = {}

    def put(self, key: str, snapshot: Snapshot, cards: Cards) -> None:
        ladder, versions = snapshot.ruleset.ladders.get(key), snapshot.versions.get(key)
        if ladder is None or not versions:
            return
        decider = self._decider(ladder)
        kind = next(iter(versions.values())).kind
        if kind == "prompt":
            cards.prompts[key] = decider.decide, self._prompts(key, decider, versions)
        elif kind == "model":
            cards.models[key] = decider.decide, self._models(key, decider, versions)

    def _decider(self, ladder: Ladder) -> Decider:
        decider = self._deciders.get(id(ladder))
        if decider is None:
            decider = self._deciders[id(ladder)] = compile_decider(ladder)
        return decider

    def _prompts(
        self, key: str, decider: Decider, versions: Mapping[int, Version]
    ) -> tuple[Prompt | None, ...]:
        return tuple(
            Prompt(key, one.stage, one.reason, self._standing, content, self._ignored)
            if (content := versions.get(one.version or 0)) and content.kind == "prompt"
            else None
            for one in decider.answers
        )

    def _models(
        self, key: str, decider: Decider, versions: Mapping[int, Version]
    ) -> tuple[Model | None, ...]:
        return tuple(
            Model(key, one.stage, one.reason, self._standing, content)
            if (content := versions.get(one.version or 0)) and content.kind == "model"
            else None
            for one in decider.answers
        )
