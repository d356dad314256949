"""`rollback`, `undo`, `restore`: put back what worked before, at once and without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prompts_cli.arguments import STAGES, references_argument
from prompts_cli.command_classes import command
from prompts_cli.convergence import converge, wait_option
from prompts_cli.output import View
from prompts_cli.session import Session
from prompts_cli.times import moment_option
from prompts_cli.transport.client import path_of

if TYPE_CHECKING:
    from prompts_admin.domain.keys import Reference


def _target(ctx: click.Context, param: click.Parameter, value: str | None) -> int | str | None:
    if value is None or value == "none":
        return value
    digits = value.removeprefix("v")
    if not (digits.isascii() and digits.isdecimal()):
        raise click.BadParameter("A version number, or 'none' to switch it off.", ctx, param)
    return int(digits)


def _answer(session: Session, done: dict[str, Any], wait: float | None, view: View) -> None:
    """Print what was done and, where asked for, that it took; exit 1 when a reader did not follow in time.

    What was left on is told first, and how to switch it off last: it is what is still to decide.
    """
    from prompts_cli.views.plans import show_left_on, show_switch_off

    found = None if wait is None else converge(session, done["revision"], wait)

    def show_all(answer: dict[str, Any]) -> None:
        show_left_on(answer)
        view(answer)
        if found is not None:
            from prompts_cli.views.readers import show_convergence

            show_convergence(found)
        show_switch_off(answer)

    session.output.answer(done if found is None else {**done, "readers": found}, show_all)
    if found is not None and found["behind"]:
        raise click.exceptions.Exit(1)


@command(
    "prompts-admin rollback support/triage@7",
    "prompts-admin rollback support/triage@7 --wait 30",
    "prompts-admin rollback support/fast@4 --stage full --reason 'answers in French' --dry-run",
    "prompts-admin rollback --release 12",
    "prompts-admin rollback support/triage@1 --or-none",
)
@references_argument()
@click.option("--release", type=int, metavar="N", help="Everything of release N that is still current.")
@click.option("--stage", "stages", type=click.Choice(STAGES), multiple=True, help="Only on this stage.")
@click.option("--to", callback=_target, metavar="V|none", help="Version to settle, or none to switch off.")
@click.option("--or-none", is_flag=True, help="Switch off where there is nothing to go back to.")
@click.option("--only", is_flag=True, help="Leave the prompts that pin a bad model or snippet.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
@wait_option
def rollback_command(session: Session, keys: tuple[Reference, ...], wait: float | None, **given: Any) -> None:
    """Remove a version from every stage that runs it and put back what worked before.

    No sign-off is needed. KEY alone works where every stage that runs it runs the same version. Where there is
    nothing to go back to, and somebody would get nothing, it stays on, and the last line switches it off.
    """
    from prompts_cli.views.plans import show_putting_back

    if bool(keys) == (given["release"] is not None):
        raise click.UsageError("Name at least one KEY[@V], or --release N.")
    body = {name: value for name, value in given.items() if value not in (None, (), False)}
    body |= {"keys": [str(key) for key in keys]} if keys else {}
    body |= {"stages": list(given["stages"])} if given["stages"] else {}
    done = session.client.post("/rollbacks", body)
    _answer(session, done, None if given["dry_run"] else wait, show_putting_back)


@command("prompts-admin undo 12")
@click.argument("number", type=int)
@click.option("--or-none", is_flag=True, help="Also where that leaves somebody without an answer.")
@wait_option
def undo_command(session: Session, number: int, or_none: bool, wait: float | None) -> None:
    """Put back exactly what stood before a release, percentages included."""
    from prompts_cli.views.releases import show_release

    body = {"or_none": True} if or_none else {}
    _answer(session, session.client.post(path_of("releases", number, "undo"), body), wait, show_release)


@command(
    "prompts-admin restore support --at 2026-11-20T18:00 --dry-run",
    "prompts-admin restore --all --at 2026-11-20T18:00Z",
)
@click.argument("feature", required=False)
@click.option("--all", "everything", is_flag=True, help="Every feature of the workspace.")
@click.option("--at", required=True, callback=moment_option, metavar="TIME", help="As of this time.")
@click.option("--exact", is_flag=True, help="Also where that leaves somebody without an answer.")
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
def restore_command(
    session: Session, feature: str | None, everything: bool, at: str, exact: bool, dry_run: bool
) -> None:
    """Settle again what was settled at a time, in a feature or everywhere."""
    from prompts_cli.views.plans import show_putting_back

    if bool(feature) == everything:
        raise click.UsageError("Name a FEATURE, or --all.")
    scope: dict[str, Any] = {"all": True} if everything else {"feature": feature}
    body = {**scope, "at": at, "exact": exact, "dry_run": dry_run}
    session.output.answer(session.client.post("/restores", body), show_putting_back)
