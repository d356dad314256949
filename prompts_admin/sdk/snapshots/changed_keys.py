"""Which artifacts differ between two snapshots, for programs that keep something for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.sdk.snapshots.holder import Holder


class Differences:
    """A listener of the holder that calls another one with the keys of which something changed, if any did."""

    def __init__(self, holder: Holder, listener: Callable[[frozenset[str]], None]) -> None:
        self._holder = holder
        self._listener = listener
        self._seen = self._snapshot()

    def __call__(self) -> None:
        """Look what is new since the last call."""
        before, now = self._seen, self._snapshot()
        if now is None or now is before:
            return
        self._seen = now
        keys = changed_keys(before, now)
        if keys:
            self._listener(keys)

    def _snapshot(self) -> Snapshot | None:
        held = self._holder.current or self._holder.fallback
        return held.snapshot if held else None


def changed_keys(old: Snapshot | None, new: Snapshot) -> frozenset[str]:
    """Return the keys that somebody may get another answer for: what is live of them, for whom, or their content."""
    if old is None:
        return frozenset(new.entries)
    was, now = old.ruleset.ladders, new.ruleset.ladders
    return frozenset(
        key
        for key in {*was, *now}
        if was.get(key) != now.get(key)
        or _contents(old.versions.get(key)) != _contents(new.versions.get(key))
    )


def _contents(versions: Mapping[int, Version] | None) -> list[tuple[int, str, bool]]:
    return [(number, one.digest, one.marked) for number, one in sorted((versions or {}).items())]
