"""What hatchling does besides copying: the editor's bundle is built into every wheel and source distribution.

PROMPTS_ADMIN_BUNDLE says how: `auto` (default: without Node or npm the package is built without it), `require` for
releases, `skip`.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface[Any]):
    """Builds the bundle, when it is missing or was made from other sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node as a package where the bundle must be built and the system has none."""
        frontend = self._frontend()
        if self._mode == "skip" or frontend.is_fresh() or frontend.find_node() or not _has_node_wheel():
            return []
        return [str(frontend.NODE_PACKAGE)]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it into the folder of static files; an editable install leaves that to `make`."""
        frontend = self._frontend()
        if version == "editable" or self._mode == "skip" or frontend.is_fresh():
            return
        try:
            frontend.build()
        except frontend.NotBuilt as error:
            if self._mode == "require":
                raise
            self.app.display_warning(f"No editor bundle: {error}. {frontend.INSTEAD}")

    @property
    def _mode(self) -> str:
        return os.environ.get("PROMPTS_ADMIN_BUNDLE", "auto")

    def _frontend(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("frontend", Path(self.root) / "scripts" / "frontend.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def _has_node_wheel() -> bool:
    """Tell whether the package has a ready binary here: elsewhere pip would compile Node for an hour."""
    machine = platform.machine().lower()
    known = {"linux": ("x86_64", "aarch64"), "win32": ("amd64",), "darwin": ("x86_64", "arm64")}
    return machine in known.get(sys.platform, ())
