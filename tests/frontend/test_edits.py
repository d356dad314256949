"""What blocks and panels do to a file: the change that was meant, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.yaml_text.reader import read_yaml
from tests.support.frontend import run_with_packages

FILE = """kind: prompt
# Who reads this
model: support/fast  # cheap
variables:
  ticket: {type: string, required: true}   # the customer's words
  plan:
    type: string
    default: free
messages:
  - role: system
    content: |
      Be kind.
      {{#if plan}}They pay {{plan}}.{{/if}}

  # what was said before
  - placeholder: history
  - role: user
    content: "{{ticket}}"
  - {role: assistant, content: 'No'}
  - role: user
    content: >-
      folded
      text: {{ticket}}
"""
TEXTS = (
    "x",
    "a: b",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "  in\nout\n",
    "\n",
    "",
    "no",
    "{{ticket}}",
    "# x",
    "tab\there",
)


@pytest.mark.parametrize("index", [0, 2, 3, 4])
def test_a_message_gets_exactly_the_text_that_was_typed(index: int) -> None:
    """In whichever style it is written, and all else stays as it was."""
    before = _content(FILE)["messages"]
    for text, after in zip(TEXTS, _edited(*(["write", index, text] for text in TEXTS)), strict=True):
        messages = _content(after)["messages"]
        assert text == messages[index]["content"]
        assert before[:index] + before[index + 1 :] == messages[:index] + messages[index + 1 :]
        _keeps_comments(after)


def test_messages_move_with_the_comments_above_them() -> None:
    """A swap is a swap; a deletion and an addition touch one message."""
    before = _content(FILE)["messages"]
    swapped, removed, added = _edited(
        ["swapMessages", 0], ["removeMessage", 2], ["addMessage", 4, "assistant"]
    )
    assert [before[1], before[0], *before[2:]] == _content(swapped)["messages"]
    assert "  # what was said before\n  - placeholder: history\n  - role: system" in swapped
    assert [*before[:2], *before[3:]] == _content(removed)["messages"]
    assert [*before, {"role": "assistant", "content": ""}] == _content(added)["messages"]
    for text in (swapped, removed, added):
        _keeps_comments(text)


def test_declarations_change_one_field_at_a_time() -> None:
    """Written on one line or on several; a new name reaches the texts too."""
    edits: list[list[Any]] = [
        ["declare", "ticket", "example", "Hi, you"],
        ["declare", "plan", "default", None],
        ["declare", "plan", "type", "integer"],
        ["addVariable", "tone", {"type": "string", "required": True}],
        ["removeVariable", "plan"],
        ["renameVariable", "plan", "tier"],
    ]
    example, default, kind, added, removed, renamed = _edited(*edits)
    assert "Hi, you" == _content(example)["variables"]["ticket"]["example"]
    assert '{type: string, required: true, example: "Hi, you"}   # the customer' in example
    assert "    default: null\n" in default
    assert "    type: integer\n" in kind
    assert {"type": "string", "required": True} == _content(added)["variables"]["tone"]
    assert ["ticket"] == list(_content(removed)["variables"])
    assert "{{#if tier}}They pay {{tier}}.{{/if}}" in renamed and "  tier:\n" in renamed
    for text in (example, kind, added, removed, renamed):
        _keeps_comments(text)


def test_another_model_is_named_where_the_old_one_stood() -> None:
    """Its comment stays; none at all takes the line away."""
    other, none = _edited(["setModel", "sales/best"], ["setModel", ""])
    assert "model: sales/best  # cheap\n" in other
    assert "model" not in _content(none)


def _edited(*edits: list[Any]) -> list[str]:
    answer: list[str] = run_with_packages("edits.mjs", {"text": FILE, "edits": list(edits)})
    return answer


def _content(text: str) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(text).value
    return found


def _keeps_comments(text: str) -> None:
    for comment in (
        "# Who reads this\n",
        "# cheap\n",
        "# the customer's words\n",
        "  # what was said before\n",
    ):
        assert comment in text
