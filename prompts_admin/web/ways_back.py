"""What a rollback would do, said beforehand and done by one click, wherever something live is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.stages import STAGES
from prompts_admin.services.putting_back import rollback
from prompts_admin.services.release_lists import list_releases
from prompts_admin.services.removing import RollbackRequest
from prompts_admin.services.standing import Settled, terms_of
from prompts_admin.services.work import Work
from prompts_admin.web.reviewing import told
from prompts_admin.web.words import joined, moment

CALM = timedelta(minutes=15)
"""How long after a rollback a further one is folded away."""
Changes = Sequence[Mapping[str, Any]]
Way = dict[str, Any]


def ways_back(work: Work, artifact: Mapping[str, Any]) -> list[Way]:
    """Return the way back from each running version, newest first.

    A way is {version, label, known, off, changes, along, still_serving, hidden, stale, action, fields}; `off`
    tells that it would be switched off somewhere, `known` what is known of the version that comes back, `hidden`
    how much more the asker may not read. A version that the asker may not roll back is left out.
    """
    key, everywhere = artifact["key"], [s for s in STAGES if artifact["stages"][s]]
    ways = [way for version in _running(artifact) if (way := _way(work, key, version, everywhere))]
    return _told(work, ways)


def just_rolled_back(history: Sequence[Mapping[str, Any]], *, now: datetime) -> str | None:
    """Return when the newest line of a history (newest first) was a rollback a moment ago, else None.

    Whoever taps twice, or is worried, must not take the next good version away with one more tap.
    """
    last = history[0] if history else None
    if last is None or last["kind"] != "rollback" or now - moment(last["at"]) > CALM:
        return None
    return str(last["at"])


def way_of_release(work: Work, release: Mapping[str, Any]) -> list[Way]:
    """Return the way back from what a release put in place and still stands, an empty list without one."""
    plan = _plan(work, RollbackRequest(release=release["number"], dry_run=True))
    if plan is None:
        return []
    brought = {(item["key"], item["stage"]) for item in release["items"]}
    own = [change for change in plan["changes"] if (change["key"], change["stage"]) in brought]
    way = _whole(plan, own, action=f"/releases/{release['number']}/roll-back", fields={})
    keys = list(dict.fromkeys(change["key"] for change in own))
    if len(keys) == 1:
        version = next((i["to"] for i in release["items"] if i["key"] == keys[0] and i["to"]), None)
        label = _label(version or 0, own, everywhere=())
    else:
        label = f"Roll back release {release['number']} ({len(keys)} artifacts)"
    return _told(work, [way | {"label": label, "version": None}])


def lately_live(work: Work, *, feature: str | None = None, most: int = 3) -> list[dict[str, Any]]:
    """Return the newest promotions that stand whole, each with its way back: {release, way}."""
    listed = list_releases(work, states=("live",), feature=feature, limit=most * 3)["items"]
    found: list[dict[str, Any]] = []
    for release in _newest_of_each(r for r in listed if r["kind"] == "promotion" and _stands(r)):
        features = {feature_of(item["key"]) for item in release["items"]}
        if len(found) < most and all(work.may("roll_back", name) for name in features):
            found += [{"release": release, "way": way} for way in way_of_release(work, release)]
    return found


def _newest_of_each(releases: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Leave out what only names artifacts that a newer one names: the widest stage stands for the others."""
    seen: set[str] = set()
    for release in releases:
        keys = {item["key"] for item in release["items"]}
        if not keys <= seen:
            yield release
        seen |= keys


def _stands(release: Mapping[str, Any]) -> bool:
    return all(item["state"] == "current" for item in release["items"])


def _running(artifact: Mapping[str, Any]) -> list[int]:
    cells = [artifact["stages"][stage] for stage in STAGES]
    return sorted(
        {cell[name] for cell in cells if cell for name in ("version", "settled")} - {None}, reverse=True
    )


def _way(work: Work, key: str, version: int, everywhere: Sequence[str]) -> Way | None:
    plan = _plan(work, RollbackRequest(keys=(f"{key}@{version}",), dry_run=True))
    if plan is None:
        return None
    own = [change for change in plan["changes"] if change["key"] == key]
    way = _whole(plan, own, action=f"/artifacts/{key}/roll-back", fields={"version": version})
    return way | {"version": version, "label": _label(version, way["changes"], everywhere)}


def _plan(work: Work, request: RollbackRequest) -> Mapping[str, Any] | None:
    try:
        return rollback(work, request)
    except ProductError:
        return None


def _whole(plan: Mapping[str, Any], own: Changes, *, action: str, fields: Mapping[str, Any]) -> Way:
    moves = sorted(plan["changes"], key=lambda change: (change["key"], STAGES.index(change["stage"])))
    mine = [change for change in moves if change in own]
    return {
        "off": any(change["after"]["settled"] is None for change in mine),
        "changes": mine,
        "along": [change for change in moves if change not in own],
        "still_serving": plan["still_serving"],
        "hidden": plan["hidden_items"],
        "stale": plan["turns_stale"],
        "action": action,
        "fields": fields,
    }


def _label(version: int, changes: Changes, everywhere: Sequence[str]) -> str:
    """Return what the button says: the stages, unless it is all of them, and what comes back."""
    targets = [t for t in dict.fromkeys(c["after"]["settled"] for c in changes) if t is not None]
    stages = [change["stage"] for change in changes]
    where = "" if set(stages) == set(everywhere) else f" {joined(stages)}"
    if not targets:
        return f"Switch v{version} off{' on' + where if where else ''}"
    off = any(change["after"]["settled"] is None for change in changes)
    if len(targets) == 1 and not off:
        return f"Roll back{where} to v{targets[0]}"
    return f"Roll back v{version} to {joined([f'v{target}' for target in targets])}"


def _told(work: Work, ways: Sequence[Way]) -> list[Way]:
    """Add what is known of the versions that come back: how long they were live, and who signed them."""
    settled = [_target(change) for way in ways for change in way["changes"]]
    terms = terms_of(work, [target for target in settled if target])
    return [way | {"known": _known(way, terms)} for way in ways]


def _target(change: Mapping[str, Any]) -> Settled | None:
    version = change["after"]["settled"]
    return (change["stage"], change["key"], version) if version is not None else None


def _known(way: Way, terms: Mapping[Settled, Mapping[str, Any]]) -> str:
    """Return how long the version of the widest stage was live, and in which roles it was signed there."""
    all_targets = [target for change in way["changes"] if (target := _target(change))]
    targets = [target for target in all_targets if target in terms]
    if not targets or len({(key, version) for _, key, version in targets}) > 1:
        return ""
    return told(terms[targets[-1]])
