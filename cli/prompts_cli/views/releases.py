"""Releases: what they change, what is checked, who is still needed by name; the undo line comes last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prompts_cli.times import when
from prompts_cli.views.console import joined, percent, show, styled, table
from prompts_cli.views.diffs import show_changes

if TYPE_CHECKING:
    from rich.text import Text

Document = Mapping[str, Any]

_STATES = {"live": "green", "approved": "cyan", "proposed": "yellow", "rolled_back": "red", "refused": "red"}
_NAMED = 3
_BESIDE = (
    "switched_off",
    "takes_along",
    "still_serving",
    "left_behind",
    "not_permitted",
    "skipped",
    "left",
    "turns_stale",
)
_OUTCOMES = {"pass": ("✓", "green"), "fail": ("✗", "red"), "inconclusive": ("?", "yellow")}
_WAITING = ("…", "yellow")
_PATIENT = ("sign_off", "wait")
"""Checks that hold by design until people or time have done their part: waiting is no failure."""


def show_release(release: Document) -> None:
    """Print one release."""
    _show_head(release)
    show(table("stage", "artifact", "change", "state", rows=_items(release)))
    show_hidden(release)
    for comparison in release.get("comparisons") or ():
        _show_comparison(comparison)
    _show_checks(release)
    _show_sign_offs(release)
    show_beside(release)
    if release.get("next"):
        show(joined(styled("next:", "bold"), release["next"]))
    _show_undo(release)


def show_releases(releases: Sequence[Document]) -> None:
    """Print a list of releases, one a line."""
    if not releases:
        show("No releases.")
        return
    rows = [
        [
            str(release["number"]),
            _state(release),
            release.get("kind"),
            release.get("stage") or "",
            _artifacts(release),
            release.get("proposed_by"),
            when(release.get("live_at") or release.get("proposed_at")),
        ]
        for release in releases
    ]
    show(table("release", "state", "kind", "stage", "artifacts", "by", "at", rows=rows))


def show_beside(answer: Document) -> None:
    """Print what a putting back takes along, leaves, skips or switches off."""
    for label in _BESIDE:
        for found in answer.get(label) or ():
            show(joined(styled(f"{label.replace('_', ' ')}:", "yellow"), _named(found)))


def show_hidden(answer: Document) -> None:
    """Print how much more there is that the asker may not read."""
    count = answer.get("hidden_items") or 0
    if count:
        show(styled(f"and {count} more item{'' if count == 1 else 's'} that you may not read", "yellow"))


def places_off(answer: Document) -> set[tuple[str, str]]:
    """Return where an answer says that somebody gets nothing any more: anywhere else people go on to a stage."""
    return {(row["stage"], row["key"]) for row in answer.get("switched_off") or ()}


def _show_head(release: Document) -> None:
    where = f"to {release['stage']}" if release.get("stage") else ""
    title = joined(f"Release {release['number']}", release["kind"], release.get("feature"), where)
    title.stylize("bold")
    by = f"{release.get('proposed_by')}, {when(release.get('proposed_at'))}"
    show(joined(title, _state(release), by, gap=" · "))
    if release.get("note"):
        show(release["note"])
    if release.get("break_glass"):
        show(styled(f"Glass was broken: {release['break_glass']}", "bold red"))
    if release.get("apply_at"):
        show(f"Goes live at {when(release['apply_at'])} once approved.")


def _artifacts(release: Document) -> str:
    names = list(dict.fromkeys(f"{item['key']} {_target(item)}" for item in release["items"]))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    hidden = release.get("hidden_items")
    return ", ".join([*names[:_NAMED], *([f"{hidden} hidden"] if hidden else [])]) + more


def _items(release: Document) -> list[list[Any]]:
    from prompts_admin.domain.stages import position

    by_key = sorted(release["items"], key=lambda item: (item["key"], position(item["stage"])))
    signed, off = release.get("kind") == "promotion", places_off(release)
    return [_item(item, signed=signed, off=(item["stage"], item["key"]) in off) for item in by_key]


def _item(item: Document, *, signed: bool, off: bool) -> list[Any]:
    change = f"{_source(item)} → {'off' if off else _target(item)}"
    if item.get("to") is not None and item.get("percentage") not in (None, 100, 100.0):
        change += f" for {percent(item['percentage'])}"
        if signed and item.get("up_to") is not None:
            change += f" (up to {percent(item['up_to'])})"
    return [item["stage"], item["key"], change, item.get("state")]


def _source(item: Document) -> str:
    return f"v{item['from']}" if item.get("from") is not None else "nothing"


def _target(item: Document) -> str:
    return f"v{item['to']}" if item.get("to") is not None else "nothing"


def _show_comparison(comparison: Document) -> None:
    show("", styled(comparison["key"], "bold"))
    show_changes(comparison.get("changes") or ())
    for inner in comparison.get("inside") or ():
        show(joined(styled(inner["key"], "bold"), f"v{inner['from']} → v{inner['to']}, which it contains"))
        show_changes(inner.get("changes") or ())


def _show_checks(release: Document) -> None:
    for check in release.get("checks") or ():
        waits = check.get("outcome") == "fail" and check.get("name") in _PATIENT
        mark, style = _WAITING if waits else _OUTCOMES.get(check.get("outcome", ""), ("?", "yellow"))
        show(joined(styled(mark, style), check.get("name"), check.get("detail"), gap="  "))


def _show_sign_offs(release: Document) -> None:
    for signed in release.get("signoffs") or ():
        verb, style = ("refused", "red") if signed.get("verdict") == "refuse" else ("signed", "green")
        lapsed = "" if signed.get("counts", True) else "(no longer counts)"
        show(
            joined(
                styled(verb, style), f"by {signed['email']} as {signed['role']}", lapsed, signed.get("note")
            )
        )
    for need in release.get("missing") or ():
        people = ", ".join(need.get("people") or ()) or "nobody active can"
        show(joined(styled("needed:", "yellow"), f"{need['count']} as {need['role']}: {people}"))


def _named(found: Any) -> str:
    if not isinstance(found, Mapping):
        return str(found)
    if "key" not in found and "command" in found:
        return f"release {found['release']}; to propose it again: {found['command']}"
    at = f"@{found['version']}" if found.get("version") else ""
    stage = f"on {found['stage']}" if found.get("stage") else ""
    release = f"(release {found['release']})" if found.get("release") else ""
    more = str(found.get("reason") or found.get("detail") or "")
    return " ".join(part for part in (f"{found.get('key', '')}{at}", stage, release, more) if part)


def _show_undo(release: Document) -> None:
    undo = release.get("undo")
    if undo:
        show(joined(styled("undo:", "bold"), undo.get("command"), f"(until {when(undo.get('until'))})"))


def _state(release: Document) -> Text:
    state = str(release.get("state", ""))
    return styled(state.replace("_", " "), _STATES.get(state, ""))
