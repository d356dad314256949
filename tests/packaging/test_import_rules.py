"""Who may import whom: the layers, the purity of the domain, the weight of the SDK and the command line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.sources import ROOT, imported, modules, name, tree

DOMAIN = ROOT / "prompts_admin" / "domain"
SDK = ROOT / "prompts_admin" / "sdk"
CLI = ROOT / "cli" / "prompts_cli"
IN_DOMAIN = frozenset({"mmh3", "rfc8785", "ruamel", "deepdiff", "detect_secrets", "zxcvbn"})
IN_SDK = frozenset({"mmh3", "urllib3"})
IMPURE = frozenset(
    {
        "asyncio",
        "http",
        "multiprocessing",
        "os",
        "random",
        "secrets",
        "shutil",
        "socket",
        "sqlite3",
        "subprocess",
    }
    | {"tempfile", "time", "urllib", "uuid"}
)
IMPURE_CALL = re.compile(r"\b(now|utcnow|today|read_text|write_text)\(|(?<![\w.])(open|print|input)\(")
SERVER = ("flask", "sqlalchemy", "alembic", "pydantic", "uvicorn", "git", "apprise", "prompts_admin.store")
SLOW = (*SERVER, "rich", "deepdiff", "detect_secrets", "ruamel")


def test_the_layers_hold() -> None:
    """Every contract of import-linter in pyproject.toml is kept."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_domain_imports_itself_and_six_libraries() -> None:
    """The rules need nothing of the product, and of others only what computes."""
    allowed = sys.stdlib_module_names | IN_DOMAIN
    assert [] == _outsiders(DOMAIN, allowed=allowed, own="prompts_admin.domain")


def test_the_domain_has_no_clock_no_chance_and_no_input_or_output() -> None:
    """Time and ids come in as arguments, so that a rule says the same on every day."""
    assert [] == [entry for entry in _imports(DOMAIN) if entry[1].partition(".")[0] in IMPURE]
    assert [] == [name(path) for path in modules(DOMAIN) if IMPURE_CALL.search(_code(path))]


def test_the_sdk_imports_the_domain_and_two_libraries() -> None:
    """What goes into other people's programs drags two packages along."""
    allowed = sys.stdlib_module_names | IN_SDK
    entries = _outsiders(SDK, allowed=allowed, own="prompts_admin.sdk")
    extra = ("prompts_admin/sdk/openfeature.py", "openfeature")
    entries = [entry for entry in entries if (entry[0], entry[1].partition(".")[0]) != extra]
    assert [] == [entry for entry in entries if not entry[1].startswith("prompts_admin.domain")]


def test_the_sdk_loads_nothing_of_the_server() -> None:
    """Importing the client brings neither server code nor the libraries of the server, indirectly neither."""
    assert [] == _loaded_by("import prompts_admin.sdk", (*SLOW, "click", "prompts_admin.services"))


def test_the_command_line_imports_server_code_only_inside_functions() -> None:
    """A remote command starts without paying for the server."""
    own = ("prompts_admin.domain", "prompts_admin.settings.table")
    assert [] == [
        f"{name(path)}: {module}"
        for path in modules(CLI)
        for node in _at_module_level(tree(path))
        for module in imported(node)
        if module.startswith("prompts_admin.") and not module.startswith(own)
    ]


def test_the_command_line_starts_without_the_server_and_without_rich() -> None:
    """`prompts-admin --help` loads neither the server nor the libraries that draw tables."""
    if not (CLI / "main.py").exists():
        pytest.skip("the command line is not there yet")
    assert [] == _loaded_by("import prompts_cli.main", SLOW)


def test_no_module_takes_what_another_keeps_to_itself() -> None:
    """A name with an underscore is its module's own: what two need has a name that says what it is."""
    assert [] == [
        f"{name(path)}: {alias.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("prompts_admin", "prompts_cli"))
        for alias in node.names
        if alias.name.startswith("_")
    ]


def _imports(folder: Path) -> list[tuple[str, str]]:
    nodes = [(name(path), node) for path in modules(folder) for node in ast.walk(tree(path))]
    return [(path, module) for path, node in nodes for module in imported(node)]


def _outsiders(folder: Path, *, allowed: frozenset[str], own: str) -> list[tuple[str, str]]:
    return [
        (path, module)
        for path, module in _imports(folder)
        if module.partition(".")[0] not in allowed and not module.startswith(own)
    ]


def _at_module_level(module: ast.Module) -> list[ast.stmt]:
    """Return the statements that run on import; what stands under TYPE_CHECKING does not run."""
    return [node for node in module.body if not isinstance(node, ast.If)]


def _code(path: Path) -> str:
    """Return a file's code without comments and docstrings."""
    module = tree(path)
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return ast.unparse(module)


def _loaded_by(statement: str, unwanted: tuple[str, ...]) -> list[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(set(done.stdout.split()) & set(unwanted))
