"""Propose a release: choose artifacts of a feature, see what would change, then propose."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.stages import share_of
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases import lifecycle as release_lifecycle
from prompts_admin.services.releases.lists import show_release
from prompts_admin.services.releases.preview import ProposalPreview, may_break_glass_on, preview_proposal
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.web.releases import candidates
from prompts_admin.web.releases.proposal_form import address_proposal, defaults, sent_proposal, sent_roughly
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, own_page, page_group
from prompts_admin.web.ui.forms import Form, standing
from prompts_admin.web.ui.remedies import on_page
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

_STANDS = ("settled", "candidate", "percentage")

group = page_group("proposing")


@group.get("/releases/new")
def choose() -> Response:
    """Show what can be proposed; with artifacts in the address what would change, ready to propose."""
    again = forms.asked("again")
    if again:
        return _again(forms.number(again, "again"))
    proposal = address_proposal()
    if not proposal.asks or forms.asked("choose"):
        return page("proposing/choose.html", **look(candidates.choices, proposal.stage, proposal.asks))
    if not proposal.stage:
        proposal = replace(proposal, stage=look(candidates.next_stage, proposal.asks[0].key))
    return _review(proposal, Form(defaults(proposal)))


@group.post("/releases")
def propose() -> Response:
    """Propose; a refusal shows the form again with what was typed.

    What goes live at once is told on the page of the button, with Undo.
    """
    try:
        document = do(release_lifecycle.propose, sent_proposal())
    except ProductError as error:
        return _review(sent_roughly(), forms.refused(error), error)
    number = document["number"]
    if not document["created"]:
        return go(f"/releases/{number}", "proposed-before", number)
    if document["state"] == "live" and (back := forms.line("next")):
        return go(own_page(back), "release", number)
    return go(f"/releases/{number}", "went-live" if document["state"] == "live" else "proposed", number)


def _again(number: int) -> Response:
    """Show a closed release as it would be proposed afresh."""
    old = look(show_release, number)
    asks = tuple(
        Ask(i["key"], i["to"], share_of(i["percentage"]), share_of(i["up_to"])) for i in old["items"]
    )
    proposal = Proposal(old["stage"] or "", asks, note=old["note"], again=number)
    return _review(proposal, Form(defaults(proposal)))


def _review(proposal: Proposal, form: Form, error: ProductError | None = None) -> Response:
    """Show what a proposal would change; what cannot be proposed at all is told with the next step."""
    try:
        found, skipped = look(_preview, proposal)
    except ProductError as refusal:
        told = error or refusal
        form = replace(form, summary=told.detail, remedy=on_page(told), problems=told.problems)
        shown: View = {"proposal": proposal, "form": form, "refusal": refusal}
        return page("proposing/refused.html", status=told.status, **shown)
    if error and error.code == "expectation_failed":
        # Asked again on top of what the page shows now.
        form = replace(form, typed={n: v for n, v in form.typed.items() if not n.startswith("expect-")})
    breaking = error.members.get("breaking", ()) if error else ()
    shown = {
        **found,
        "skipped": skipped,
        "stands": [
            standing(item["from_settled"], item["from_candidate"], item["from_percentage"])
            for item in found["items"]
        ],
        "breaking": list(found["breaking"] or breaking),
    }
    return page("proposing/review.html", status=form.status, proposal=proposal, form=form, found=shown)


def _preview(work: Work, proposal: Proposal) -> tuple[ProposalPreview, Refused | None]:
    """Return what would be made of a proposal, and the refusal that breaking the glass would get around."""
    plain = replace(proposal, break_glass=None, apply="when_approved")
    try:
        return preview_proposal(work, plain), None
    except Refused as refusal:
        skipping = refusal.code == "stage_skipped"
        if not (skipping and may_break_glass_on(work, feature_of(proposal.asks[0].key))):
            raise
        return preview_proposal(work, replace(plain, break_glass="asked")), refusal
