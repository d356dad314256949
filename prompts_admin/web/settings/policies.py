"""Propose other settings of a feature: who must sign, what is checked, how people and data are counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.governance.policy_fields import CHECKS
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.settings import FeatureInFull
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import show_feature
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.web.settings.concurrent_edits import (
    BASE,
    is_overtaken,
    meanwhile,
    merged,
    on_top,
    sent_base,
)
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

SETTINGS = "/features/<feature>/settings"
MOST_FREEZES = 100

group = page_group("policies")


@group.get(SETTINGS)
def edit(feature: str) -> Response:
    """Show the settings in force as a form."""
    shown = look(_shown, feature)
    typed = _typed(shown["feature"]) | {BASE: str(shown["feature"]["document_version"])}
    return page("policies/edit.html", form=Form(typed), **shown)


@group.post(SETTINGS)
def propose(feature: str) -> Response:
    """Propose what was typed as a settings change."""
    try:
        change = do(
            propose_settings,
            scope=feature,
            document=sent_document(),
            note=forms.text("note").strip(),
            base=sent_base(),
        )
    except ProductError as error:
        return _refused(feature, error)
    notice = "settings-applied" if change["state"] == "applied" else "settings-proposed"
    return go(f"/settings/{change['number']}", notice, change["number"])


def sent_document() -> Json:
    """Return the governed part of a feature's document from the form; texts that are no numbers stay texts."""
    return {
        "policy": {stage: _stage(f"policy.{stage}") for stage in STAGES},
        "bucket_by": forms.line("bucket_by") or None,
        "classification": forms.line("classification"),
    }


def _refused(feature: str, error: ProductError) -> Response:
    """Show the form again; over other settings than it was made from it is merged with what is in force now."""
    form = forms.refused(error)
    shown = look(_shown, feature, sent_base() if is_overtaken(error) else None)
    if since := shown["since"]:
        kept = merged(form.typed, *(_typed(since[name]) for name in ("before", "document")))
        form = on_top(form, since["version"], kept)
    return page("policies/edit.html", status=error.status, form=form, **shown)


def _stage(path: str) -> Json:
    sign_off = _sign_off(path)
    asked: Json = {"sign_off": sign_off} if sign_off else {}
    hours = forms.line(f"{path}.wait_hours")
    if hours and hours != "0":
        asked["wait_hours"] = _number(hours)
    checks = [name for name in CHECKS if forms.ticked(f"{path}.checks.{name}")]
    freezes = [freeze for n in _rows(f"{path}.freezes") if (freeze := _freeze(f"{path}.freezes[{n}]"))]
    return asked | ({"checks": checks} if checks else {}) | ({"freezes": freezes} if freezes else {})


def _sign_off(path: str) -> Json:
    counts = {}
    for name in request.form:
        role = name.removeprefix(f"{path}.sign_off.") if name.startswith(f"{path}.sign_off.") else ""
        if role and forms.line(name) not in ("", "0"):
            counts[role] = _number(forms.line(name))
    more, count = forms.line(f"{path}.more"), forms.line(f"{path}.more_count")
    return counts | ({more: _number(count or "1")} if more else {})


def _freeze(path: str) -> dict[str, str]:
    start, end = (_moment(forms.line(f"{path}.{name}")) for name in ("from", "to"))
    reason = forms.line(f"{path}.reason")
    if not (start or end or reason):
        return {}
    return {"from": start, "to": end} | ({"reason": reason} if reason else {})


def _moment(text: str) -> str:
    """Return what a field for date and time holds as the settings write it; anything else as it is."""
    full = re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", text, re.ASCII)
    return f"{text.replace(' ', 'T')}{'' if full[1] else ':00'}Z" if full else text


def _number(text: str) -> Any:
    if re.fullmatch(r"\d{1,6}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"\d{1,6}\.\d{1,3}", text, re.ASCII) else text


def _rows(path: str) -> range:
    count = 0
    while count < MOST_FREEZES and f"{path}[{count}].from" in request.form:
        count += 1
    return range(count)


def _shown(work: Work, feature: str, base: int | None = None) -> View:
    found = show_feature(work, feature)
    work.require("propose_settings", feature)
    asked = {role for stage in found["policy"].values() for role in stage.get("sign_off", {})}
    return {
        "feature": found,
        "roles": sorted(asked | set(found["signers"])),
        "stages": STAGES,
        "classes": CLEARANCES,
        "freezes": {stage: _freeze_rows(stage, found) for stage in STAGES},
        "signing": found["policy"]["full"].get("sign_off", {}),
        "since": meanwhile(work, feature, base) if base is not None else None,
    }


def _freeze_rows(stage: str, feature: FeatureInFull) -> int:
    """Return how many rows of freezes the form has: those that were sent or stand, and an empty one."""
    sent = len(_rows(f"policy.{stage}.freezes")) if request.method == "POST" else 0
    return max(sent, len(feature["policy"][stage].get("freezes", ())) + 1)


def _typed(document: Mapping[str, Any]) -> dict[str, str]:
    typed = {name: document.get(name) or "" for name in ("bucket_by", "classification")}
    for stage in STAGES:
        path, asked = f"policy.{stage}", document.get("policy", {}).get(stage, {})
        typed |= {f"{path}.sign_off.{role}": str(n) for role, n in asked.get("sign_off", {}).items()}
        typed[f"{path}.wait_hours"] = f"{asked['wait_hours']:g}" if asked.get("wait_hours") else ""
        typed |= {f"{path}.checks.{name}": "yes" for name in asked.get("checks", ())}
        for index, freeze in enumerate(asked.get("freezes", ())):
            typed |= {f"{path}.freezes[{index}].{n}": _shorter(n, v) for n, v in freeze.items()}
    return typed


def _shorter(name: str, value: str) -> str:
    return value if name == "reason" else value.removesuffix("Z")[:16]
