"""The project's own files, for the tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "prompts_admin", ROOT / "cli" / "prompts_cli")
TEXT = frozenset(
    {
        ".py",
        ".md",
        ".yaml",
        ".yml",
        ".toml",
        ".html",
        ".css",
        ".js",
        ".mjs",
        ".sh",
        ".mako",
        ".txt",
        ".json",
        "",
    }
)
BUILT = frozenset({"__pycache__", "node_modules", "dist", "build", "data"})
FOLDERS = (
    ".ci",
    "benchmarks",
    "cli",
    "docs",
    "frontend",
    "migrations",
    "prompts",
    "prompts_admin",
    "scripts",
    "tests",
)


def modules(*folders: Path) -> list[Path]:
    """Return the Python files below `folders`, those of the product by default."""
    return sorted(path for folder in folders or PACKAGES for path in folder.rglob("*.py"))


def texts() -> list[Path]:
    """Return every text file of the project that people write, at the root and in its folders."""
    at_root = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    below = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in at_root + below if path.suffix in TEXT and not BUILT & set(path.parts))


def name(path: Path) -> str:
    """Return the path as people write it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a Python file, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the modules that an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        yield node.module or ""
