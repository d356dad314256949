"""`promote`: propose versions for a stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from prompts_cli.arguments import STAGES, references_argument
from prompts_cli.command_classes import command
from prompts_cli.session import Session
from prompts_cli.times import moment_option

if TYPE_CHECKING:
    from prompts_admin.domain.keys import Reference


def _percentage(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and 0.001 <= value <= 100):
        raise click.BadParameter("A percentage is 0.001 to 100.", ctx, param)
    return value


@command(
    "prompts-admin promote support/triage --to internal",
    "prompts-admin promote support/triage@8 --to full --percent 10 --up-to 50 --note 'new refund wording'",
    "prompts-admin promote --again 12",
)
@references_argument()
@click.option("--to", "stage", type=click.Choice(STAGES), help="Stage to propose for.")
@click.option("--percent", type=float, callback=_percentage, metavar="P", help="Share of the stage (100).")
@click.option(
    "--up-to", type=float, callback=_percentage, metavar="P", help="Ask sign-off for shares up to this (100)."
)
@click.option("--at", callback=moment_option, metavar="TIME", help="Go live at this time, once approved.")
@click.option("--manual", is_flag=True, help="Wait for `apply` once approved.")
@click.option("--again", type=int, metavar="N", help="Propose release N afresh.")
@click.option("--ack", multiple=True, metavar="breaking", help="Acknowledge a breaking change.")
@click.option("--break-glass", metavar="REASON", help="Skip sign-offs, order and waits; marked for ever.")
@click.option("--note", metavar="TEXT", help="Why; approvers read it.")
def promote_command(session: Session, keys: tuple[Reference, ...], **given: Any) -> None:
    """Propose versions for a stage; they go live when the policy is satisfied.

    KEY alone takes what is settled on the stage before, the newest version for the first stage.
    """
    from prompts_cli.views.releases import show_release

    if given["manual"] and given["at"]:
        raise click.UsageError("--manual and --at exclude each other.")
    if given["again"] is None and not keys:
        raise click.UsageError("Name at least one KEY, or --again N.")
    if keys and not given["stage"]:
        raise click.UsageError("Missing option '--to': internal, beta or full.")
    staged = [str(key) for key in keys if key.stage]
    if staged:
        raise click.UsageError(f"Name a version or none, not a stage: {', '.join(staged)}.")
    session.output.answer(session.client.post("/releases", _proposal(keys, given)), show_release)


def _proposal(keys: tuple[Reference, ...], given: dict[str, Any]) -> dict[str, Any]:
    items = [
        _given(key=key.key, version=key.version, percentage=given["percent"], up_to=given["up_to"])
        for key in keys
    ]
    return _given(
        stage=given["stage"],
        items=items or None,
        note=given["note"],
        apply="manual" if given["manual"] else given["at"],
        again=given["again"],
        acknowledge=list(given["ack"]) or None,
        break_glass=given["break_glass"],
    )


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
