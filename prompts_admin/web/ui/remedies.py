"""What to do next, in the words of pages: there a command is no help, a button or a link is.

Where the next step stands on a page depends on what was refused, so the words go by the code of the refusal.
"""

from __future__ import annotations

from prompts_admin.domain.errors import ProductError

COMMAND = ("prompts-admin ", "--")
"""A sentence with one of these tells what to type; what is put back still has such."""

REMEDIES = {
    "already_rolled_back": "To go further, roll back the version that is live now.",
    "ambiguous": "Choose the version to roll back.",
    "breaking_unacknowledged": "If the callers are ready for it, tick that they are.",
    "check_failed": "Its page says what still holds it.",
    "expectation_failed": "Look at what is live now, then choose again.",
    "forbidden": "Ask an administrator.",
    "in_use": "Switch it off, or withdraw what is proposed, and try again.",
    "no_target": "Choose another version to go back to, or none.",
    "not_found": "Look for it on the overview.",
    "not_live": "Its history tells what happened to it.",
    "not_open": "Its page tells what happened to it.",
    "nothing_changes": "Choose another version, stage or share.",
    "new_feature": "Correct the key, or tick that the feature is to be made.",
    "secret_found": "Remove it, or tick that it is no secret.",
    "stage_skipped": "Propose it to the stage before first.",
    "stale": "Propose it again from its page.",
    "undo_instead": "Undo it on its page, or roll back what is live on the page of its artifact.",
    "undo_refused": "Promote the version that you want instead.",
    "would_switch_off": "Leave it on, or switch it off all the same.",
}


def on_page(error: ProductError) -> str:
    """Return the remedy of a refusal as pages say it; one that is a sentence for everybody as it is."""
    if isinstance(error.remedy, str) and not any(word in error.remedy for word in COMMAND):
        return error.remedy
    return REMEDIES.get(error.code, "")
