"""Style sheets of page groups are joined into one: a class belongs to one of them."""

from __future__ import annotations

import re
from collections import defaultdict

from prompts_admin.web.ui.assets import FOLDER, STYLES

OVERALL = frozenset({"review"})
"""Set by the group's own sheet, and once more for paper."""


def test_a_class_is_styled_in_one_sheet() -> None:
    """Two groups that choose the same name for different things would change each other's pages."""
    homes = defaultdict(set)
    for name in STYLES:
        text = (FOLDER / "style" / f"{name}.css").read_text("utf-8")
        for found in re.findall(r"^\s*\.([a-z][\w-]*) \{", text, re.MULTILINE):
            homes[found].add(name)
    assert {} == {
        found: sheets for found, sheets in homes.items() if len(sheets) > 1 and found not in OVERALL
    }


def test_every_sheet_is_joined() -> None:
    """A file that nobody named would style nothing."""
    assert set(STYLES) == {path.stem for path in (FOLDER / "style").glob("*.css")}
