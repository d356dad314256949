"""Settings that somebody else changed while a form stood open: told on the form, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from prompts_admin.domain.errors import ProductError
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies.lists import SettingsSince, settings_since
from prompts_admin.web.settings.policy_sentences import Move, settings_moves
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.forms import Form

BASE = "base"
"""The hidden field with the version of the settings that the form was made from."""


def sent_base() -> int | None:
    """Return the version that the form was made from, None where it names none."""
    return forms.number(value, BASE) if (value := forms.line(BASE)) else None


def is_overtaken(error: ProductError) -> bool:
    """Tell whether a refusal means that other settings are in force than the form was made from."""
    return error.code == "expectation_failed"


class Meanwhile(SettingsSince):
    """Who changed the settings since a form was made, and what."""

    moves: list[Move]


def meanwhile(work: Work, scope: str, base: int) -> Meanwhile:
    """Return who changed the settings since `base`, and what."""
    found = settings_since(work, scope, base)
    return {**found, "moves": settings_moves(found["before"], found["document"])}


def on_top(form: Form, version: int, fields: Mapping[str, str]) -> Form:
    """Return a form to be sent again on top of `version`, with the `fields` as they are typed or merged now."""
    remedy = "What you typed is all here. Read what changed, then send it again."
    return replace(form, typed={**form.typed, **fields, BASE: str(version)}, remedy=remedy)


def merged(sent: Mapping[str, str], base: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return fields where what nobody touched follows what is in force now, and what was typed stays.

    The rows of a list belong together: one of them touched keeps all as they were typed.
    """
    names = sorted({*sent, *base, *now})
    touched = {_group(name) for name in names if sent.get(name, "") != base.get(name, "")}
    return {name: (sent if _group(name) in touched else now).get(name, "") for name in names}


def _group(name: str) -> str:
    return name.partition("[")[0]
