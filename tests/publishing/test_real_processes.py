"""Real server processes: one is killed in the middle, two publish at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from prompts_admin.services.product import Product
from tests.publishing.targets import live_text, reader, token
from tests.support.desk import Desk

PROGRAM = """
import os, signal, sys
from pathlib import Path
from prompts_admin.publishing.folders import FolderTarget
from prompts_admin.server.bootstrap import make_product
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Store

url, data, target, dies = sys.argv[1:]
write = FolderTarget.write

def killed(self, path, content, *, lasting):
    if not lasting:
        os.kill(os.getpid(), signal.SIGKILL)
    write(self, path, content, lasting=lasting)

if dies == "dies":
    FolderTarget.write = killed
settings = Settings(data=Path(data), publish_url=target, secret_key="k" * 40)
answer = make_product(Store(url), settings).publisher.publish()
print(sum(scope["changed"] for scope in answer["scopes"]))
"""


def start(process: Product, what: str = "lives") -> subprocess.Popen[str]:
    """Start a process that publishes once."""
    url = process.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, url, str(process.settings.data), process.settings.publish_url]
    return subprocess.Popen([*command, what], stdout=subprocess.PIPE, text=True)


def test_F01_a_process_killed_before_the_pointer_leaves_the_old_one_and_no_lock(
    process: Product, desk: Desk, tmp_path: Path
) -> None:
    """By SIGKILL: what stood is whole, and two others, at the same time, publish what is new once."""
    pointer = token(process, "all")["snapshot"]
    process.publisher.publish()
    before = reader(tmp_path / "target", pointer)
    live_text(desk, "Two")
    dying = start(process, "dies")
    dying.communicate(timeout=60)
    assert -signal.SIGKILL == dying.returncode
    assert before == reader(tmp_path / "target", pointer)
    assert 2 == len(list((tmp_path / "target" / pointer).parent.glob("*.json.gz")))
    both = [start(process), start(process)]
    assert ["0\n", "1\n"] == sorted(one.communicate(timeout=60)[0] for one in both)
    after = reader(tmp_path / "target", pointer)
    assert before and after and before["revision"] < after["revision"]
