"""What changed between two versions, classed and in sentences; texts word by word.

Only what people read about a change lives here; which changes break callers is told by `breaking`.
"""

from __future__ import annotations

from prompts_admin.domain.comparison.changes import CLASSES, Change, Comparison
from prompts_admin.domain.comparison.contents import compare, compare_settings
from prompts_admin.domain.comparison.words import Line, Segment, line_diff, word_diff

__all__ = [
    "CLASSES",
    "Change",
    "Comparison",
    "Line",
    "Segment",
    "compare",
    "compare_settings",
    "line_diff",
    "word_diff",
]
