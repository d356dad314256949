"""A scripted server, a real demo store, and ways to run the command line against them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from wsgiref.simple_server import make_server

import pytest

from prompts_admin.server.bootstrap import load_samples, open_product, prepare_store
from prompts_admin.settings.table import load_settings
from prompts_cli.main import main
from tests.cli.scripted import Quiet, Ran, ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server on a port of its own."""
    scripted = ScriptedServer()
    httpd = make_server("127.0.0.1", 0, scripted, handler_class=Quiet)
    scripted.url = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield scripted
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any store, login or setting."""
    for name in ("DATA", "URL", "TOKEN"):
        monkeypatch.delenv(f"PROMPTS_ADMIN_{name}", raising=False)
    for name in ("VISUAL", "EDITOR", "COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture
def run(home: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command against the scripted server."""

    def run_command(*arguments: str, remote: bool = True) -> Ran:
        capsys.readouterr()
        code = main([*(["--url", server.url] if remote else []), *arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_command


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demo store with the samples live, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    settings = load_settings({}, data=folder, mirror=False)
    prepare_store(settings)
    product = open_product(settings)
    load_samples(product, demo=True)
    product.close()
    yield folder


@pytest.fixture
def local(filled: Path, run: Callable[..., Ran], tmp_path: Path) -> Callable[..., Ran]:
    """Run a command over a copy of the store."""
    data = tmp_path / "store"
    shutil.copytree(filled, data)

    def run_locally(*arguments: str) -> Ran:
        return run(*arguments, "--data", str(data), remote=False)

    return run_locally
