"""The wheel: what is in it, and that it works in an empty environment, far away from the checkout."""

from __future__ import annotations

import json
import signal
import zipfile
from pathlib import Path

import pytest

from scripts import frontend
from tests.packaging.sources import ROOT
from tests.packaging.wheels import STOP_SECONDS, Environment, build, free_port, install, page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(300)]

SDK_CALL = """
from prompts_admin.sdk import Client
print(Client.__module__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def client(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment as of somebody who uses the SDK: no extra."""
    return install(wheel, extra="", folder=tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment as of somebody who runs the server."""
    return install(wheel, extra="server", folder=tmp_path_factory.mktemp("server"))


def test_the_wheel_carries_all_that_runs(wheel: Path) -> None:
    """Migrations, samples, templates and static files travel with the code."""
    names = _names(wheel)
    assert "prompts_admin/py.typed" in names
    assert _below("prompts", "*.yaml") == {
        name for name in names if name.startswith("prompts_admin/_samples/")
    }
    assert _below("migrations", "*.py") <= names
    for folder in ("web/templates", "web/static"):
        files = [path for path in (ROOT / "prompts_admin" / folder).rglob("*") if path.is_file()]
        assert files
        assert {path.relative_to(ROOT).as_posix() for path in files} <= names


def test_the_wheel_holds_the_editor_and_the_licences_of_what_is_in_it(wheel: Path) -> None:
    """Where Node can be had; without it the wheel is built all the same."""
    if not (frontend.find_node() or frontend.is_fresh()):
        pytest.skip("there is no Node to build the editor's bundle with")
    built = {name for name in _names(wheel) if "/static/dist/" in name}
    assert {"editor.js", "build.json", "LICENSES.txt"} == {name.rpartition("/")[2] for name in built}
    with zipfile.ZipFile(wheel) as archive:
        licences = archive.read("prompts_admin/web/static/dist/LICENSES.txt").decode()
    assert "@codemirror/view" in licences and "Permission is hereby granted" in licences


def test_this_file_is_run_by_one_process(request: pytest.FixtureRequest) -> None:
    """The environments are made once: where tests run in parallel, those of a group are kept together."""
    are_grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@wheel") or not are_grouped


def test_the_wheel_installs_two_packages_and_nothing_else(wheel: Path) -> None:
    """Nobody gets a top-level `cli`, `tests`, `scripts` or `migrations` into their environment."""
    roots = {name.partition("/")[0] for name in _names(wheel)}
    assert {"prompts_admin", "prompts_cli"} == {root for root in roots if not root.endswith(".dist-info")}


def test_the_sdk_works_without_any_extra(client: Environment) -> None:
    """The client needs the two base dependencies alone."""
    done = client.run("python", "-W", "error", "-c", SDK_CALL)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_command_without_its_extra_prints_the_install_line(client: Environment) -> None:
    """Who installed only the SDK and types the command learns what to install."""
    done = client.run("prompts-admin", "--help")
    assert 1 == done.returncode
    assert "pip install 'prompts-admin[cli]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_up_from_the_wheel_migrates_loads_the_samples_and_serves_a_page(
    server: Environment, tmp_path: Path
) -> None:
    """The first command of a new user works from any folder, and one Ctrl-C ends it."""
    data, port = tmp_path / "data", free_port()
    with server.running("prompts-admin", "--data", str(data), "up", "--demo", "--port", str(port)) as process:
        assert "<html" in page(f"http://127.0.0.1:{port}/", process)
        assert page(f"http://127.0.0.1:{port}/readyz", process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=STOP_SECONDS)
    listed = server.run("prompts-admin", "--data", str(data), "--as", "pm@example.com", "status", "--json")
    assert 0 == listed.returncode, listed.stderr
    assert {"support/triage", "sales/call-summary"} <= {row["key"] for row in json.loads(listed.stdout)}


def test_the_migrations_in_the_wheel_make_a_current_store(server: Environment, tmp_path: Path) -> None:
    """`db upgrade` finds its revisions without a checkout, and a second run has nothing to do."""
    for command in ("upgrade", "upgrade", "current"):
        done = server.run("prompts-admin", "--data", str(tmp_path / "data"), "db", command)
        assert 0 == done.returncode, done.stdout + done.stderr


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _below(folder: str, pattern: str) -> set[str]:
    mapped = {"prompts": "prompts_admin/_samples", "migrations": "prompts_admin/_migrations"}[folder]
    return {
        f"{mapped}/{path.relative_to(ROOT / folder).as_posix()}" for path in (ROOT / folder).rglob(pattern)
    }
