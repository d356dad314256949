"""Operations that keep the whole: backups, the git mirror, published snapshots."""

from __future__ import annotations

import tempfile
from pathlib import Path

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Nothing
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.errors import Refused
from prompts_admin.services.core.work import Work
from prompts_admin.store.backup.backup import backup

BACKUP_TYPE = "application/gzip"


def make_backup(call: Call) -> Answer:
    call.look(_may_keep)
    with tempfile.TemporaryDirectory(prefix="prompts-admin-") as folder:
        path = Path(folder) / "backup"
        backup(call.product.store, path)
        return Answer(body=path.read_bytes(), content_type=BACKUP_TYPE)


def rebuild_mirror(call: Call) -> Answer:
    call.do(_note, "rebuild_mirror")
    return Answer({"branches": call.product.feed.rebuild()})


def push_mirror(call: Call) -> Answer:
    call.look(_may_keep)
    url = call.product.settings.mirror_push_url
    if not url:
        detail = "No remote is set for the mirror."
        raise Refused("invalid", detail, "Set PROMPTS_ADMIN_MIRROR_PUSH_URL to an https or ssh address.")
    call.do(_note, "push_mirror")
    call.product.feed.step()
    pushed = call.product.feed.push(url)
    return Answer({"ok": pushed.ok, "reason": pushed.reason, "detail": pushed.detail})


def publish(call: Call) -> Answer:
    call.do(_note, "publish", "snapshots")
    return Answer(call.product.publisher.publish())


def _may_keep(work: Work) -> None:
    work.require("manage_workspace")


def _note(work: Work, action: str, subject: str = "mirror") -> None:
    work.require("manage_workspace")
    work.record(action, subject)


OPERATIONS = (
    Operation(
        method="POST",
        path="/backups",
        name="make_backup",
        summary="Read the whole store as one file, consistent while the server runs.",
        access="manage_workspace",
        run=make_backup,
        body=Nothing,
        answers={200: None},
        refusals=("forbidden",),
        limit="export",
        content_type=BACKUP_TYPE,
    ),
    Operation(
        method="POST",
        path="/mirror/rebuild",
        name="rebuild_mirror",
        summary="Build the git mirror anew from the store.",
        access="manage_workspace",
        run=rebuild_mirror,
        body=Nothing,
        answers={200: "Branches"},
        refusals=("forbidden", "mirror_failed"),
        limit="export",
    ),
    Operation(
        method="POST",
        path="/mirror/push",
        name="push_mirror",
        summary="Send the git mirror to its remote; never forced.",
        access="manage_workspace",
        run=push_mirror,
        body=Nothing,
        answers={200: "Pushed"},
        refusals=("forbidden", "invalid", "mirror_failed"),
        limit="export",
    ),
    Operation(
        method="POST",
        path="/publish",
        name="publish",
        summary="Publish what each token scope may see to the target of the settings, now.",
        access="manage_workspace",
        run=publish,
        body=Nothing,
        answers={200: "Published"},
        refusals=("forbidden", "invalid", "publish_failed", "busy"),
        limit="export",
    ),
)
