"""What ends a command early, and the exit code that belongs to it.

The codes are those of `prompts_admin.domain.errors`, repeated here (and compared by a test) so that a remote
command need not import the server's half of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FAILED, USAGE, NOT_FOUND, CONFLICT, NOT_PERMITTED, UNREACHABLE = 1, 2, 3, 4, 5, 6

CODES: dict[int, frozenset[str]] = {
    USAGE: frozenset(
        {
            "malformed",
            "ambiguous",
            "unsupported_media_type",
            "method_not_allowed",
            "precondition_required",
        }
    ),
    NOT_FOUND: frozenset({"not_found"}),
    CONFLICT: frozenset(
        {
            "stale_version",
            "exists",
            "stale",
            "expectation_failed",
            "already_rolled_back",
            "not_live",
            "idempotency_mismatch",
            "draft_elsewhere",
        }
    ),
    NOT_PERMITTED: frozenset({"unauthenticated", "forbidden", "barred", "csrf"}),
    UNREACHABLE: frozenset(
        {"busy", "read_only", "mirror_failed", "publish_failed", "schema_mismatch", "unreachable"}
    ),
    FAILED: frozenset(
        {
            "invalid",
            "invalid_content",
            "too_large",
            "new_feature",
            "secret_found",
            "merge_marks",
            "stage_skipped",
            "check_failed",
            "not_open",
            "in_use",
            "breaking_unacknowledged",
            "no_target",
            "undo_refused",
            "undo_instead",
            "would_switch_off",
            "too_early",
            "nothing_changes",
            "demo_only",
            "backup_damaged",
            "rate_limited",
            "too_many_drafts",
            "try_off",
            "not_triable",
        }
    ),
}

# For a code that is newer than this command line.
_BY_STATUS = {
    400: USAGE,
    401: NOT_PERMITTED,
    403: NOT_PERMITTED,
    404: NOT_FOUND,
    405: USAGE,
    409: CONFLICT,
    410: NOT_FOUND,
    412: CONFLICT,
    415: USAGE,
    428: USAGE,
    502: UNREACHABLE,
    503: UNREACHABLE,
    504: UNREACHABLE,
}
_STATUS = {FAILED: 422, USAGE: 400, NOT_FOUND: 404, CONFLICT: 409, NOT_PERMITTED: 403, UNREACHABLE: 503}
_EXIT = {code: number for number, codes in CODES.items() for code in codes}


class Failure(Exception):
    """The end of a command: `problem` is the problem document, `exit_code` what the shell gets."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.problem = dict(problem)
        self.exit_code = exit_code(str(problem.get("code", "")), int(problem.get("status", 0)))

    @property
    def code(self) -> str:
        """The machine code of the problem."""
        return str(self.problem.get("code", ""))


def exit_code(code: str, status: int) -> int:
    """Return the exit code of a problem: by its `code`, else by its HTTP status, else 1."""
    return _EXIT.get(code) or _BY_STATUS.get(status, FAILED)


def failure(code: str, detail: str, remedy: str = "", **members: Any) -> Failure:
    """Make a failure that the command line itself found, in the shape of the server's problem documents."""
    status = _STATUS[_EXIT[code]]
    problem = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    return Failure({**problem, **({"remedy": remedy} if remedy else {}), **members})


def of_machine(error: OSError) -> Failure:
    """Make the failure that stands for what this machine refused: a file, a folder, a full disk."""
    named = f"'{error.filename}': " if error.filename else ""
    return failure(
        "invalid", f"{named}{error.strerror or type(error).__name__}.", "Check the path and its rights."
    )
