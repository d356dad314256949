"""Every refusal of the product, with the machine code, HTTP status and CLI exit code that belong to it.

ProductError
├── Refused         exit 1  a rule of the product says no
├── Usage           exit 2  the request itself is malformed or ambiguous
├── NotFound        exit 3  the thing named does not exist, or the asker may not know that it does
├── Conflict        exit 4  somebody was faster, or what it was based on has changed
├── NotPermitted    exit 5  the asker lacks the right, or is barred by what they wrote
└── Unavailable     exit 6  the store or the server cannot answer just now
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    # Programs that serve prompts load the errors and none of the kinds of remedy.
    from prompts_admin.domain.remedies import Remedy


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it stands, what is wrong and what to do."""

    message: str
    path: str = ""
    file: str = ""
    line: int | None = None
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are set, ready for a problem document."""
        return {name: value for name, value in vars(self).items() if value not in ("", None)}

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or "")) if part)
        text = " ".join(part for part in (self.message, self.remedy) if part)
        named = f"{self.path}: {text}" if self.path else text
        return f"{place}: {named}" if place else named


@dataclass
class ProductError(Exception):
    """A refusal: `code` is for programs, `detail` names the thing, `remedy` is the one next step.

    The remedy is a sentence where everybody does the same, else data that each face says in its own words.
    """

    code: str
    detail: str
    remedy: str | Remedy = ""
    problems: tuple[Problem, ...] = ()
    members: dict[str, Any] = field(default_factory=dict)

    exit_code: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__init__(self.detail)

    def __str__(self) -> str:
        return " ".join(part for part in (self.detail, self.sentence) if part)

    @property
    def sentence(self) -> str:
        """The remedy where it is a sentence for everybody, else nothing: whoever shows it words it."""
        return self.remedy if isinstance(self.remedy, str) else ""

    @property
    def status(self) -> int:
        """HTTP status of this code, from the one table."""
        return STATUS[self.code]


class Refused(ProductError):
    """A rule of the product says no."""

    exit_code = 1


class Usage(ProductError):
    """The request is malformed or ambiguous."""

    exit_code = 2


class NotFound(ProductError):
    """The thing named does not exist for the asker."""

    exit_code = 3


class Conflict(ProductError):
    """What the request was based on has changed."""

    exit_code = 4


class NotPermitted(ProductError):
    """The asker lacks the right or is barred."""

    exit_code = 5


class Unavailable(ProductError):
    """The store cannot answer just now; nothing was changed."""

    exit_code = 6


STATUS: dict[str, int] = {
    # Usage
    "malformed": 400,  # not JSON, duplicate keys, a parameter given twice
    "ambiguous": 400,  # `rollback KEY` while several versions run; members: commands
    "unsupported_media_type": 415,
    "method_not_allowed": 405,
    "precondition_required": 428,  # If-Match missing
    # Refused
    "invalid": 422,  # fields of the wrong type or value; problems
    "invalid_content": 422,  # a prompt file or version content that breaks a rule; problems
    "too_large": 413,
    "new_feature": 422,  # a first save whose feature is not there, where that has to be said
    "secret_found": 422,  # text that looks like a credential, not acknowledged
    "merge_marks": 422,  # conflict marks left in a save
    "stage_skipped": 409,
    "too_early": 409,  # apply before the time that was signed
    "check_failed": 409,  # apply while a check fails; members: checks
    "not_open": 409,  # sign, refuse, withdraw, apply of a closed release
    "in_use": 409,  # archive of what is live or pinned; disable of a DRI; last holder of a role
    "breaking_unacknowledged": 409,
    "no_target": 409,  # `--to V` that does not qualify; members: targets
    "undo_refused": 409,
    "undo_instead": 409,  # rollback of a release that put back; members: commands
    "would_switch_off": 409,  # nothing to go back to, and nobody said to go without; members: left_on, commands
    "nothing_changes": 409,
    "too_many_drafts": 409,
    "try_off": 409,  # no model endpoint is set up
    "not_triable": 409,  # no model is named, or one that may not be tried
    "demo_only": 409,
    "backup_damaged": 422,
    "rate_limited": 429,
    # NotFound
    "not_found": 404,
    # Conflict
    "stale_version": 412,  # a save on an old base; members: current, merge
    "exists": 412,
    "stale": 409,  # what a release was proposed against has changed
    "expectation_failed": 409,  # `expect` does not hold
    "already_rolled_back": 409,
    "not_live": 409,
    "draft_elsewhere": 409,  # the draft holds what another page typed; members: draft
    "idempotency_mismatch": 409,  # the same key with another body
    # NotPermitted
    "unauthenticated": 401,
    "forbidden": 403,
    "barred": 403,  # signing what one wrote or proposed
    "csrf": 403,
    # Unavailable
    "busy": 503,
    "read_only": 503,
    "mirror_failed": 503,  # the git mirror cannot be read or written; never blocks a release
    "publish_failed": 503,  # the target of published snapshots cannot be used; never blocks a release
    "unreachable": 503,
    "schema_mismatch": 503,  # the database was made by another version of the program
}
