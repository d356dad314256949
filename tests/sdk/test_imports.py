"""What importing the SDK costs the program that uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import prompts_admin.sdk

FOREIGN = """
import json, sys
before = set(sys.modules)
import prompts_admin.sdk
standard = sorted(set(sys.modules) - before)
import prompts_admin.sdk.testing
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
own = [name for name in sys.modules if name.startswith("prompts_admin.")]
print(json.dumps([sorted(tops - set(sys.stdlib_module_names)), own, standard]))
"""


def test_importing_the_sdk_brings_one_small_library_and_no_server() -> None:
    """No Flask, SQLAlchemy, Git, YAML, pydantic or click; of the product only `sdk` and `domain`, no urllib3.

    What of the standard library takes long is left to the first client too.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(_root())!r})\n{FOREIGN}"],
        capture_output=True,
        text=True,
        check=True,
    )
    tops, own, standard = json.loads(done.stdout)
    assert set(tops) <= {"prompts_admin", "mmh3"}
    assert {name.split(".")[1] for name in own} == {"sdk", "domain"}
    assert not {"pathlib", "urllib.parse", "hashlib", "http.client", "ssl", "email"} & set(standard)
    assert not {
        name
        for name in own
        if name.startswith(("prompts_admin.domain.content", "prompts_admin.domain.people.permissions"))
    }


COST = """
import time
began = time.process_time()
for number in range(200_000):
    began += 0
pace = 200_000 / (time.process_time() - began)
began = time.process_time()
import prompts_admin.sdk
print((time.process_time() - began) * min(1.0, pace / 12e6))
"""
"""Seconds of CPU time, on a machine that does at least 12 million steps a second: a busy one does not."""


def test_importing_the_sdk_takes_less_than_100_ms(tmp_path: Path) -> None:
    """From compiled files, the best of five processes; the HTTP library is left to the first client."""
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(_root())}
    costs = [
        float(
            subprocess.run(
                [sys.executable, "-c", COST], capture_output=True, text=True, check=True, env=environment
            ).stdout
        )
        for _ in range(6)
    ]
    assert min(costs[1:]) < 0.1


def _root() -> Path:
    return Path(prompts_admin.sdk.__file__).parents[2]
