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
import prompts_admin.sdk, prompts_admin.sdk.testing
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
own = [name for name in sys.modules if name.startswith("prompts_admin.")]
print(json.dumps([sorted(tops - set(sys.stdlib_module_names)), own]))
"""


def test_importing_the_sdk_brings_two_small_libraries_and_no_server() -> None:
    """No Flask, SQLAlchemy, Git, YAML, pydantic or click; of the product only `sdk` and `domain`."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(_root())!r})\n{FOREIGN}"],
        capture_output=True,
        text=True,
        check=True,
    )
    tops, own = json.loads(done.stdout)
    assert set(tops) <= {"prompts_admin", "mmh3", "urllib3", *OPTIONAL_OF_URLLIB3}
    assert {name.split(".")[1] for name in own} == {"sdk", "domain"}
    assert not {
        name
        for name in own
        if name.startswith(("prompts_admin.domain.content", "prompts_admin.domain.access"))
    }


OPTIONAL_OF_URLLIB3 = {"brotli", "brotlicffi", "_brotli", "zstandard", "backports", "h2", "compression"}


def test_the_public_names_are_the_ones_listed() -> None:
    """A new public name is a decision."""
    assert [
        "Client",
        "Model",
        "ModelSettings",
        "NotFound",
        "NotReady",
        "Prompt",
        "RenderError",
        "SdkError",
    ] == sorted(prompts_admin.sdk.__all__)


def _root() -> Path:
    return Path(prompts_admin.sdk.__file__).parents[2]
