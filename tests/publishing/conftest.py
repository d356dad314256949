"""A server process that publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts_admin.services.product import Product
from tests.publishing.targets import live_text, publishing
from tests.support.desk import Desk


@pytest.fixture
def process(desk: Desk, tmp_path: Path) -> Product:
    """A server process that publishes to a folder."""
    live_text(desk, "One")
    return publishing(desk.product, tmp_path)
