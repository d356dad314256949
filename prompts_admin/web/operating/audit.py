"""The audit chain: read, filtered, and walked from end to end to see that nothing was changed."""

from __future__ import annotations

import json
import re

from werkzeug.wrappers import Response

from prompts_admin.domain.keys import KEY
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.schemas.records import AuditEntry
from prompts_admin.services.audit.log import list_audit, verify_chain
from prompts_admin.services.core.work import Work
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

_PAGES = (
    (r"release ([0-9]{1,9})", "/releases/{}"),
    (r"settings ([0-9]{1,9})", "/settings/{}"),
    (rf"({KEY})@([0-9]{{1,9}})", "/artifacts/{}/versions/{}"),
    (rf"({KEY})", "/artifacts/{}"),
)
FILTERS = ("feature", "subject", "actor", "action")

group = page_group("audit")


@group.get("/audit")
def audit() -> Response:
    """Show a page of audit entries, newest first, filtered as the address says."""
    chosen = {name: value for name in FILTERS if (value := forms.asked(name))}
    return page("audit/audit.html", chosen=chosen, **look(_listed, chosen, forms.asked("after")))


@group.get("/audit/verify")
def verify() -> Response:
    """Walk the whole chain and tell whether it holds."""
    product = shell().product
    found = verify_chain(product, asker().identity, product.feed.anchors)
    return page("audit/verify.html", found=found)


def _listed(work: Work, chosen: dict[str, str], after: str) -> View:
    listed = list_audit(
        work,
        feature=chosen.get("feature"),
        subject=chosen.get("subject"),
        actor=chosen.get("actor"),
        action=chosen.get("action"),
        after=after or None,
    )
    items = [{**entry, **_told(entry)} for entry in listed["items"]]
    return {"listed": {**listed, "items": items}, "may_verify": work.may("read_audit")}


def _told(entry: AuditEntry) -> dict[str, str]:
    """Return the detail as text, and the address of what the entry is about where it has a page."""
    detail = json.dumps(entry["detail"], indent=2, ensure_ascii=False, sort_keys=True)
    return {"told": detail if entry["detail"] else "", "address": _address(entry["subject"])}


def _address(subject: str) -> str:
    for pattern, address in _PAGES:
        found = re.fullmatch(pattern, subject)
        if found:
            return address.format(*found.groups())
    return ""
