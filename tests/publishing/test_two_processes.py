"""Several processes over one store: one publishes at a time, and no pointer goes back."""

from __future__ import annotations

from pathlib import Path

from prompts_admin.publishing import shelf
from prompts_admin.publishing.folders import FolderTarget
from prompts_admin.services.product import Product
from prompts_admin.services.replication.publish_lock import publishing_turn
from tests.publishing.targets import live_text, publishing, token
from tests.support.desk import Desk


def test_two_processes_publish_one_result(process: Product, desk: Desk, tmp_path: Path) -> None:
    """Whoever comes second finds it there; who is behind moves no pointer back."""
    pointer = token(process, "all")["snapshot"]
    other = publishing(desk.product, tmp_path)
    late = process.live.current()
    live_text(desk, "Two")
    assert (1, 0) == (other.publisher.step(), process.publisher.step())
    edition = process.publisher._edition(late, next(iter(process.publisher._position()[2])))
    target = FolderTarget(str(tmp_path / "target"))
    held, changed = shelf.put(target, Path(pointer).parent.name, edition)
    assert (False, True) == (changed, held.revision > edition.revision)


def test_only_one_process_at_a_time_publishes(process: Product, desk: Desk, tmp_path: Path) -> None:
    """While another one writes, the worker waits for its next step and fails nothing."""
    token(process, "all")
    other = publishing(desk.product, tmp_path)
    with publishing_turn(other, other.publisher._lock, 0.0) as mine:
        assert mine
        assert 0 == process.publisher.step()
    assert 1 == process.publisher.step()
