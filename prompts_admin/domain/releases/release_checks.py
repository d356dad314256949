"""The checks that hold a release: order, sign-offs, breaking changes, waiting, freezes, rendering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts_admin.domain.releases.signoff_policy import Facts, missing, required
from prompts_admin.domain.releases.staffing import unfillable

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"

SKIPPED_BY_BREAK_GLASS = frozenset({"order", "sign_off", "signers", "wait", "freeze"})
"""Never the breaking acknowledgement, and never the refusal of secrets, which happens at save."""


@dataclass(frozen=True)
class Check:
    """One line of a release's checks; only `pass` lets it through."""

    name: str
    outcome: str
    detail: str


def evaluate(facts: Facts, *, now: datetime) -> tuple[Check, ...]:
    """Return every check of the release, in the order in which people read them."""
    checks = [_order(facts), *_sign_off(facts), _breaking(facts)]
    if facts.policy.wait_hours:
        checks.append(_wait(facts, now))
    if facts.policy.freezes:
        checks.append(_freeze(facts.policy.freezes, now))
    for name in facts.policy.checks:
        checks.append(_renders(facts.renders) if name == "renders" else _unknown(name))
    return tuple(checks)


def holding(checks: Iterable[Check], *, break_glass: bool = False) -> tuple[Check, ...]:
    """Return the checks that keep the release from going live."""
    return tuple(
        check
        for check in checks
        if check.outcome != PASS and not (break_glass and check.name in SKIPPED_BY_BREAK_GLASS)
    )


def _order(facts: Facts) -> Check:
    if facts.out_of_order:
        skipped = ", ".join(found.text for found in facts.out_of_order)
        return Check("order", FAIL, f"Not settled on the stage before: {skipped}.")
    return Check("order", PASS, "Each version has been settled on the stage before.")


def _sign_off(facts: Facts) -> list[Check]:
    owed, asked = missing(facts), required(facts)
    if not asked:
        return [Check("sign_off", PASS, "This stage asks for no sign-off.")]
    if not owed:
        return [Check("sign_off", PASS, f"Signed as {', '.join(asked)}.")]
    needs = ", ".join(f"{entry.count} more as {entry.role}" for entry in owed)
    checks = [Check("sign_off", FAIL, f"Needs {needs}. {facts.not_carried}".rstrip())]
    stuck = unfillable({entry.role: (entry.count, entry.people) for entry in owed})
    if stuck:
        checks.append(
            Check(
                "signers", FAIL, f"Nobody active can sign as {', '.join(stuck)}. Grant the role to someone."
            )
        )
    return checks


def _breaking(facts: Facts) -> Check:
    if not facts.breaking:
        return Check("breaking", PASS, "Callers need not change anything.")
    what = " ".join(found.text for found in facts.breaking)
    if facts.breaking_acknowledged:
        return Check("breaking", PASS, f"Acknowledged: {what}")
    return Check("breaking", FAIL, f"Breaks callers, and nobody acknowledged it: {what}")


def _wait(facts: Facts, now: datetime) -> Check:
    hours = facts.policy.wait_hours
    since = [facts.settled_before_at.get(item.key) for item in facts.items]
    if any(moment is None for moment in since):
        return Check(
            "wait", INCONCLUSIVE, "It is not known since when a version is settled on the stage before."
        )
    ready = max(moment for moment in since if moment is not None) + timedelta(hours=hours)
    if now < ready:
        return Check(
            "wait", FAIL, f"Waits {hours:g} hours on the stage before, until {ready:%Y-%m-%d %H:%M} UTC."
        )
    return Check("wait", PASS, f"Has been {hours:g} hours on the stage before.")


def _freeze(freezes: Sequence[Mapping[str, str]], now: datetime) -> Check:
    for freeze in freezes:
        if datetime.fromisoformat(freeze["from"]) <= now < datetime.fromisoformat(freeze["to"]):
            return Check(
                "freeze", FAIL, f"Frozen until {freeze['to']}: {freeze.get('reason', 'no reason given')}."
            )
    return Check("freeze", PASS, "No freeze now.")


def _unknown(name: str) -> Check:
    return Check(name, INCONCLUSIVE, f"Nothing here can tell: there is no check '{name}'.")


def _renders(renders: Mapping[str, str]) -> Check:
    broken = {key: text for key, text in renders.items() if text}
    if not broken:
        return Check("renders", PASS, "Every prompt renders with the examples of its variables.")
    unknown = all(text.startswith("no example") for text in broken.values())
    detail = "; ".join(f"{key}: {text}" for key, text in broken.items())
    return Check("renders", INCONCLUSIVE if unknown else FAIL, detail)
