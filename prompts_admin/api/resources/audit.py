"""Operations on the audit."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from pydantic import BeforeValidator, Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Line, NumberedPage, Segment, number
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.records import AuditEntry
from prompts_admin.services.audit import log as audit_log
from prompts_admin.services.core.paging import number_cursor
from prompts_admin.services.core.work import Work


class AuditQuery(NumberedPage):
    """Which entries."""

    feature: Segment | None = None
    subject: Line | None = Field(None, description="How the subject begins: `support/triage`, `release 12`.")
    actor: Line | None = None
    action: Line | None = None


class ExportQuery(NumberedPage):
    """A page of the chain."""

    limit: Annotated[int, BeforeValidator(number), Field(ge=1, le=1_000)] = 1_000


def list_audit(call: Call) -> Answer:
    return Answer(call.look(audit_log.list_audit, **call.query(AuditQuery).model_dump()))


def verify_audit(call: Call) -> Answer:
    return Answer(audit_log.verify_chain(call.product, call.asker.identity, call.product.feed.anchors))


def export_audit(call: Call) -> Answer:
    asked = call.query(ExportQuery)
    return Answer(call.look(_exported, limit=asked.limit, after=number_cursor(asked.after) or 0))


def _exported(work: Work, *, limit: int, after: int) -> ListOf[AuditEntry]:
    """Read a page of the chain while its transaction is open."""
    found = list(islice(audit_log.export_audit(work, after=after), limit + 1))
    shown = found[:limit]
    return {"items": shown, "next": str(shown[-1]["seq"]) if len(found) > limit else None}


OPERATIONS = (
    Operation(
        method="GET",
        path="/audit",
        name="list_audit",
        summary="List audit entries, newest first.",
        access="read_audit",
        run=list_audit,
        query=AuditQuery,
        answers={200: "list of AuditEntry"},
        limit="search",
    ),
    Operation(
        method="GET",
        path="/audit/verify",
        name="verify_audit",
        summary="Walk the chain of hashes and tell whether it is whole.",
        access="read_audit",
        run=verify_audit,
        answers={200: "AuditReport"},
        refusals=("forbidden",),
        limit="export",
    ),
    Operation(
        method="GET",
        path="/audit/export",
        name="export_audit",
        summary="Read the chain from its beginning, a page at a time.",
        access="read_audit",
        run=export_audit,
        query=ExportQuery,
        answers={200: "list of AuditEntry"},
        refusals=("forbidden",),
        limit="export",
    ),
)
