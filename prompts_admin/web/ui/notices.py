"""What happened, told on the page after a form: `go(path, "saved", 8)` leads to `?did=saved.8`.

The address carries a name from the table below and numbers, never text: a link from elsewhere can make no
page say anything of its own. `release.12` is looked up and shown with its changes and **Undo**; `left.12` begins
with what that rollback left on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from prompts_admin.domain.errors import ProductError
from prompts_admin.http.app_state import shell
from prompts_admin.schemas.records import Readers
from prompts_admin.schemas.releases import ReleaseInFull
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.lists import show_release
from prompts_admin.services.rollback.report import aftermath
from prompts_admin.services.serving.readers import list_readers
from prompts_admin.web.ui.rollback_choices import left_by

PARAMETER = "did"
RELEASE = "release"
LEFT = "left"

NOTICES = {
    "set-up": "The workspace is yours. Invite people next.",
    "signed-out": "You are signed out.",
    "password-set": "Your password is set, and you are signed in.",
    "saved": "Saved as v{0}. Nobody gets it before it is released.",
    "unchanged": "Nothing changed: this is v{0} already, so no new version was made.",
    "draft-dropped": "Your draft is dropped. For an hour you can put it back.",
    "draft-back": "Your draft is back.",
    "example-kept": "Kept as an example. The version itself is what it was.",
    "example-hidden": "The example is hidden.",
    "copied": "Copied. This is a new artifact, live nowhere yet.",
    "archived": "Archived. Its versions and its history stay readable.",
    "unarchived": "In use again. It is live nowhere until it is released.",
    "password-changed": "Your password is changed; your other sessions have ended.",
    "session-ended": "That session has ended.",
    "sessions-ended": "{0} other sessions have ended.",
    "repinned": "{0} new versions were made. Nobody gets them before they are released.",
    "proposed": "Release {0} is proposed. The people who can sign it are told.",
    "proposed-before": "This is proposed already, as release {0}.",
    "went-live": "Release {0} is live.",
    "approved": "Your yes to release {0} is in.",
    "approved-live": "Your yes was the last one: release {0} is live.",
    "refused": "You refused it. Release {0} is closed, and its proposer is told.",
    "taken-back": "Your sign-off of release {0} is taken back.",
    "withdrawn": "Release {0} is withdrawn.",
    "commented": "Your comment on release {0} is in.",
    "restored": "Restored, by release {0}.",
    "feature-changed": "The feature is changed.",
    "feature-same": "Nothing changed.",
    "settings-proposed": "Settings change {0} is proposed. The people who can sign it are told.",
    "settings-applied": "Settings change {0} is in force.",
    "settings-signed": "Your yes to settings change {0} is in.",
    "settings-taken-back": "Your sign-off of settings change {0} is taken back.",
    "settings-refused": "You refused it. Settings change {0} is closed.",
    "settings-withdrawn": "Settings change {0} is withdrawn.",
    "settings-undone": "Undone: the settings are as they were before change {0}.",
    "person-changed": "Changed. It counts from the next request on.",
    "person-disabled": "Disabled. Sessions, tokens and links have ended.",
    "person-enabled": "Enabled again. The old tokens stay revoked.",
    "person-signed-out": "Signed out everywhere.",
    "token-revoked": "The token is revoked.",
}
"""Every other sentence that a page may begin with; a page group adds its own."""


@dataclass(frozen=True)
class Notice:
    """A sentence, or the release that was made, where it switched `off`, and what it `left` on: {rows, way}."""

    text: str = ""
    off: Sequence[Mapping[str, Any]] = ()
    release: ReleaseInFull | None = None
    took: Readers | None = None
    left: dict[str, Any] | None = None


def told(name: str, *numbers: int) -> str:
    """Return the value of the parameter; raises KeyError for a name that is not in the table."""
    if name not in (RELEASE, LEFT):
        _sentence(name, numbers)
    return ".".join((name, *map(str, numbers)))


def notice(work: Work) -> Notice | None:
    """Return what the present page should begin with; anything else in the parameter is nothing."""
    name, *rest = request.args.get(PARAMETER, "").split(".")
    if not all(number.isdecimal() and number.isascii() and len(number) < 10 for number in rest):
        return None
    numbers = tuple(map(int, rest))
    if name in (RELEASE, LEFT) and len(numbers) == 1:
        return _release(work, numbers[0], left=name == LEFT)
    try:
        return Notice(_sentence(name, numbers))
    except KeyError:
        return None


def _sentence(name: str, numbers: tuple[int, ...]) -> str:
    if NOTICES[name].count("{") != len(numbers):
        raise KeyError(name)
    return NOTICES[name].format(*numbers)


def _release(work: Work, number: int, *, left: bool) -> Notice | None:
    try:
        release = show_release(work, number)
    except ProductError:
        return None
    revision = release["revision"]
    product = shell().product
    return Notice(
        release=release,
        off=aftermath(work, number)["switched_off"] if _takes(release) else (),
        took=list_readers(work, product.readers, product.live, revision=revision) if revision else None,
        left=left_by(work, number) if left else None,
    )


def _takes(release: Mapping[str, Any]) -> bool:
    return any(item["to"] is None for item in release["items"])
