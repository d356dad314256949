"""The flags of OFREP: an artifact as JSON whose value is the `value` of `get`, put together once a revision."""

from __future__ import annotations

import json

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import explain
from prompts_admin.domain.targeting.rulesets import DISABLED, TARGETING_KEY, Resolution
from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.serving.scopes import Scope, knows

OFF = "off"
"""The variant of what is switched off: clients of Python read the field also where it need not be."""
# A key can be asked for in several spellings: the bound keeps a caller from filling the memory.
MOST = 50_000


class Flags:
    """The flags of one snapshot; what threads make twice is equal, so that no lock is needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._made: dict[tuple[str, int | None, str | None, str], bytes] = {}
        self._visible: dict[Scope, tuple[str, ...]] = {}

    def visible(self, scope: Scope) -> tuple[str, ...]:
        """Return the keys that a scope may know of, in order."""
        found = self._visible.get(scope)
        if found is None:
            found = tuple(sorted(key for key in self.snapshot.entries if knows(scope, self.snapshot, key)))
            if len(self._visible) < MOST:
                self._visible[scope] = found
        return found

    def flag(self, key: str, context: Context, scope: Scope, *, name: str = "") -> bytes | None:
        """Return the flag that a context gets, None for what the scope must not tell from what is not there.

        What has nothing for this context is a flag without value and with the reason DISABLED (OFREP ADR 0006):
        the caller's default counts. `name` is the key as it was asked for, a dot for the slash, say.
        """
        if not knows(scope, self.snapshot, key):
            return None
        found = self.snapshot.resolve(key, context)
        version = self.snapshot.version(key, found.version) if found else None
        if found is None or found.version is None:
            return self._flag(name or key, key, found or _NOTHING, None)
        if version is None or not scope.clears(version.classification):
            return None
        return self._flag(name or key, key, found, version)

    def flags(self, context: Context, scope: Scope) -> list[bytes]:
        """Return every flag of a scope as a context gets it."""
        found = (self.flag(key, context, scope) for key in self.visible(scope))
        return [flag for flag in found if flag is not None]

    def needs_user(self, key: str, context: Context) -> bool:
        """Tell whether a share decides by the targeting key, and the context has none."""
        ladder = self.snapshot.ruleset.ladders.get(key)
        if context.user or ladder is None or ladder.bucket_by != TARGETING_KEY:
            return False
        steps = explain(self.snapshot.ruleset, key, context)
        return any(step.percentage and step.bucket is None for step in steps)

    def _flag(self, name: str, key: str, found: Resolution, version: Version | None) -> bytes:
        place = (name, found.version, found.stage, found.reason)
        made = self._made.get(place)
        if made is None:
            made = _encoded(name, key, found, version)
            if len(self._made) < MOST:
                self._made[place] = made
        return made


_NOTHING = Resolution(None, None, DISABLED)


def _encoded(name: str, key: str, found: Resolution, version: Version | None) -> bytes:
    # Values of metadata are truth values, texts and numbers alone: what is not known is left out.
    metadata: dict[str, str | int | None] = {"feature": feature_of(key)}
    variant = OFF
    if version is not None:
        variant = f"v{version.number}"
        metadata |= {"kind": version.kind, "version": version.number}
        metadata |= {"digest": version.digest, "stage": found.stage}
    told = {"key": name, "reason": found.reason, "variant": variant, "metadata": metadata}
    head = json.dumps(told, separators=(",", ":")).encode()
    return head if version is None else b'%s,"value":%s}' % (head[:-1], version.encoded_value)
