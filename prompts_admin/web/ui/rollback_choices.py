"""What a rollback would do, said beforehand and done by one click, wherever something live is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.states import PUTTING_BACK
from prompts_admin.domain.stages import STAGES, position
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.lists import list_releases
from prompts_admin.services.releases.live_duration import Settled, terms_of
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.report import still_on
from prompts_admin.services.rollback.rollback import rollback
from prompts_admin.services.rollback.switch_off import readable
from prompts_admin.services.rollback.undo_plan import plan_undo
from prompts_admin.web.ui.formatting import joined, moment, plural, told

CALM = timedelta(minutes=15)
"""How long after something was put back a further way back is folded away."""
ALL_THE_SAME = "/switch-off"
"""Where the form of `switching_off` goes."""
Changes = Sequence[Mapping[str, Any]]
Rows = Sequence[Mapping[str, Any]]
Way = dict[str, Any]


def ways_back(work: Work, artifact: Mapping[str, Any]) -> list[Way]:
    """Return the way back from each running version, newest first.

    A way is {version, label, known, off, left, changes, along, still_serving, hidden, stale, action, fields};
    `off` tells that all there is to do is to switch it off, which is asked once more; `left` are the places that
    stay for having nothing to go back to, `known` what is known of the version that comes back, `hidden` how
    much more the asker may not read. A version that the asker may not roll back is left out.
    """
    key, everywhere = artifact["key"], [s for s in STAGES if artifact["stages"][s]]
    ways = [way for version in _running(artifact) if (way := _way(work, key, version, everywhere))]
    return _told(work, ways)


def just_put_back(history: Rows, *, now: datetime) -> Mapping[str, Any] | None:
    """Return the newest line of a history (newest first) if something was put back by it a moment ago.

    Whoever taps twice, or is worried, must not take the next good version away with one more tap; and after an
    undo or a restore the way back leads to what one has just got away from.
    """
    last = history[0] if history else None
    if last is None or last["kind"] not in PUTTING_BACK or now - moment(last["at"]) > CALM:
        return None
    return last


def switching_off(rows: Rows, *, action: str = ALL_THE_SAME, back: str = "", reason: str = "") -> Way:
    """Return the button that switches off `rows`, {stage, key, version}, and only as long as they are what stands.

    `back` is the page that it leads to, the present one by default.
    """
    fields = {"off": " ".join(f"{row['stage']}/{row['key']}@{row['version']}" for row in rows)}
    fields |= {"reason": reason} if reason else {}
    label = _off_label(rows)
    return {"off": True, "label": label, "known": "", "action": action, "fields": fields, "back": back}


def left_by(work: Work, number: int) -> dict[str, Any] | None:
    """Return {rows, way} of what a rollback left on for having nothing to go back to, None where nothing is."""
    on = still_on(work, number)
    if not on:
        return None
    asked = RollbackRequest(
        keys=tuple({f"{running.key}@{running.version}": None for running in on}),
        or_none=True,
        only=True,
        dry_run=True,
    )
    plan = _plan(work, asked)
    off = {(row["stage"], row["key"]) for row in plan["switched_off"]} if plan else set()
    rows = [vars(running) for running in on if (running.stage, running.key) in off]
    return {"rows": rows, "way": switching_off(rows)} if rows else None


def undo_off(work: Work, number: int) -> str:
    """Return what an undo of a release switches off, "switches off v1 for internal", "" where it does not."""
    try:
        plan = plan_undo(work, number)
    except ProductError:
        return ""
    rows = [vars(running) for running in readable(work, plan.off)]
    label = _off_label(rows) if rows else ""
    return label.replace("Switch off", "switches off")


def way_of_release(work: Work, release: Mapping[str, Any]) -> list[Way]:
    """Return the way back from what a release put in place and still stands, an empty list without one."""
    plan = _plan(work, RollbackRequest(release=release["number"], dry_run=True))
    if plan is None:
        return []
    brought = {(item["key"], item["stage"]) for item in release["items"]}
    own = [change for change in plan["changes"] if (change["key"], change["stage"]) in brought]
    way = _whole(plan, own, action=f"/releases/{release['number']}/roll-back", fields={})
    keys = list(dict.fromkeys(change["key"] for change in own or way["along"]))
    if len(keys) == 1 and own:
        version = next((i["to"] for i in release["items"] if i["key"] == keys[0] and i["to"]), None)
        label = _label(version or 0, way, everywhere=())
    else:
        verb = "Switch off" if way["off"] else "Roll back"
        label = f"{verb} release {release['number']} ({plural(len(keys), 'artifact')})"
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
    return way | {"version": version, "label": _label(version, way, everywhere)}


def _plan(work: Work, request: RollbackRequest) -> Mapping[str, Any] | None:
    """Return what a rollback would do; where it would do nothing but switch off, that is what it would do."""
    try:
        return rollback(work, request)
    except ProductError as error:
        if error.code != "would_switch_off" or request.or_none:
            return None
    return _plan(work, replace(request, or_none=True))


def _whole(plan: Mapping[str, Any], own: Changes, *, action: str, fields: Mapping[str, Any]) -> Way:
    off = {(row["stage"], row["key"]) for row in plan["switched_off"]}
    moves = [
        change | {"off": (change["stage"], change["key"]) in off}
        for change in sorted(plan["changes"], key=lambda c: (c["key"], position(c["stage"])))
    ]
    mine = {(change["stage"], change["key"]) for change in own}
    return {
        "off": bool(off),
        "left": plan["left_on"],
        "changes": [change for change in moves if (change["stage"], change["key"]) in mine],
        "along": [change for change in moves if (change["stage"], change["key"]) not in mine],
        "still_serving": plan["still_serving"],
        "hidden": plan["hidden_items"],
        "stale": plan["turns_stale"],
        "action": action,
        "fields": fields,
        "back": "",
    }


def _label(version: int, way: Way, everywhere: Sequence[str]) -> str:
    """Return what the button says: the stages, unless it is all of them, and what comes back."""
    changes: Changes = way["changes"]
    if way["off"]:
        return _off_label([change | {"version": version} for change in [*changes, *way["along"]]])
    targets = [t for t in dict.fromkeys(c["after"]["settled"] for c in changes) if t is not None]
    stages = [change["stage"] for change in changes]
    where = "" if set(stages) == set(everywhere) else f" {joined(stages)}"
    if not changes:
        return f"Roll back what contains v{version}"
    if not targets:
        return f"Roll back{where} to the next stage"
    if len(targets) == 1 and all(change["after"]["settled"] for change in changes):
        return f"Roll back{where} to v{targets[0]}"
    return f"Roll back v{version} to {joined([f'v{target}' for target in targets])}"


def _off_label(rows: Rows) -> str:
    """Return what a button says that switches off: "Switch off v1 for internal and beta"."""
    keys, versions = {row["key"] for row in rows}, {row["version"] for row in rows}
    stages = joined([stage for stage in STAGES if any(row["stage"] == stage for row in rows)])
    what = f"{len(keys)} artifacts" if len(keys) > 1 else joined([f"v{v}" for v in sorted(versions)])
    return f"Switch off {what} for {stages}"


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
