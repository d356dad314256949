"""Counters of this process in Prometheus' text format; no label carries a name from the store."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Upper ends in seconds: a hot read takes a millisecond, a page ten, a release with its fsync a few dozen.
ENDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Gauge = tuple[str, str, float]
"""(name without prefix, help, value)."""


class Metrics:
    """Counts requests by operation and status, and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._problems: Counter[str] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0

    def count(self, operation: str, status: int, seconds: float, code: str = "") -> None:
        """Count one answer; `code` is that of its problem document, if it was one."""
        with self._lock:
            self._requests[operation, status] += 1
            self._seconds += seconds
            self._within[next((end for end in ENDS if seconds <= end), float("inf"))] += 1
            if code:
                self._problems[code] += 1

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """Return everything in the exposition format."""
        with self._lock:
            requests, problems = dict(self._requests), dict(self._problems)
            within, seconds = dict(self._within), self._seconds
        lines = [
            *_counter("requests_total", "Answers by operation and status.", _by_status(requests)),
            *_counter("problems_total", "Refusals by code.", _by_code(problems)),
            *_histogram("request_seconds", "Seconds from request to answer.", within, seconds),
        ]
        for name, help_text, value in gauges:
            lines += [*_head(name, help_text, "gauge"), f"prompts_admin_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _by_status(requests: Mapping[tuple[str, int], int]) -> Iterable[tuple[str, int]]:
    for (operation, status), count in sorted(requests.items()):
        yield f'operation="{operation}",status="{status}"', count


def _by_code(problems: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    for code, count in sorted(problems.items()):
        yield f'code="{code}"', count


def _counter(name: str, help_text: str, values: Iterable[tuple[str, int]]) -> list[str]:
    lines = [f"prompts_admin_{name}{{{labels}}} {count}" for labels, count in values]
    return [*_head(name, help_text, "counter"), *lines]


def _histogram(name: str, help_text: str, within: Mapping[float, int], seconds: float) -> list[str]:
    lines, total = [], 0
    for end in (*ENDS, float("inf")):
        total += within.get(end, 0)
        shown = "+Inf" if end == float("inf") else f"{end:g}"
        lines.append(f'prompts_admin_{name}_bucket{{le="{shown}"}} {total}')
    totals = [f"prompts_admin_{name}_sum {seconds:.6f}", f"prompts_admin_{name}_count {total}"]
    return [*_head(name, help_text, "histogram"), *lines, *totals]


def _head(name: str, help_text: str, kind: str) -> list[str]:
    return [f"# HELP prompts_admin_{name} {help_text}", f"# TYPE prompts_admin_{name} {kind}"]
