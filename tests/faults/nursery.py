"""A process without threads that has the program loaded and forks a process for each order.

Starting Python for each would take longer than all the rest. Reads one JSON order a line: {run, data,
database_url, kill_at, ...}; answers the process id when it was forked, and its exit code (-9: killed) when it
has ended.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prompts_admin.server import process as server_process
from tests.faults.places import Place, settings
from tests.faults.recovery import recover
from tests.faults.traps import Trap

Order = dict[str, Any]


def main() -> None:
    """Carry out orders until standard input ends."""
    # What the program loads when it first needs it, it would load again in every fork.
    import_module("git")
    places: dict[str, Place] = {}
    for line in sys.stdin:
        order = json.loads(line)
        place = _prepared(places, order) if order["run"] != "serve" else None
        assert threading.active_count() == 1, "a process with threads cannot fork safely"
        gc.freeze()
        process = os.fork()
        if process == 0:
            _live_and_die(order, place)
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _prepared(places: dict[str, Place], order: Order) -> Place:
    """Make the application once for each folder, before the fork and without an open connection."""
    name = f"{order['data']} {order['database_url']}"
    if name not in places:
        places[name] = Place(Path(order["data"]), order["database_url"])
        if not order["database_url"]:
            _warm(places[name], order["action"])
    return places[name]


def _warm(place: Place, action: dict[str, Any]) -> None:
    """Compile the statements over a copy of the folder: each fork would spend most of its time on that."""
    with TemporaryDirectory(dir=place.data.parent) as folder:
        copy = Path(folder) / "data"
        shutil.copytree(place.data, copy)
        (copy / "log").touch()
        twin = Place(copy)
        recover(twin, action)
        twin.product.close()
    for helper in threading.enumerate():
        if helper is not threading.main_thread():
            helper.join(timeout=10)
    for kind in ("engine", "reader"):
        compiled = getattr(twin.product.store, kind)._compiled_cache
        getattr(place.product.store, kind)._compiled_cache = compiled


def _live_and_die(order: Order, place: Place | None) -> None:
    code = 1
    try:
        _redirect(Path(order["data"]) / "log")
        RUNS[order["run"]](order, place)
        code = 0
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _serve(order: Order, _place: Place | None) -> None:
    """Be a server, as `prompts-admin serve` is one."""
    data = Path(order["data"])
    Trap(data, order["kill_at"]).lay()
    server_process.run(settings(data, order["database_url"]), demo=False, migrate=False)


def _work(order: Order, place: Place | None) -> None:
    """Do in one thread what a server does: answer the request, then everything that waits behind it."""
    assert place
    Trap(place.data, order["kill_at"], armed=True).lay()
    place.ask(order["action"])
    place.settle()


def _recover(order: Order, place: Place | None) -> None:
    assert place
    report = recover(place, order["action"])
    (place.data / "report.json").write_text(json.dumps(report))


RUNS: dict[str, Callable[[Order, Place | None], None]] = {
    "serve": _serve,
    "work": _work,
    "recover": _recover,
}


def _redirect(log: Path) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(target, 1)
    os.dup2(target, 2)


if __name__ == "__main__":
    main()
