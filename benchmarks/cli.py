"""How long a command takes from its start to its end, the whole process: medians, and a yardstick.

    python -m benchmarks.cli [--rounds 15]

The yardstick is `python -c pass`. The store holds the samples. Everything is compiled beforehand, as installers
do: without that a start takes two to three times as long.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.clients import serving
from prompts_admin.server.bootstrap import load_samples, open_product, prepare_store
from prompts_admin.settings.table import Settings

ROOT = Path(__file__).resolve().parent.parent
RUN = "import sys; from prompts_cli.entry import main; sys.exit(main())"


def measure(folder: Path, rounds: int) -> None:
    """Print a line for each command, run in turn so that all of them meet the same moments."""
    settings = Settings(data=folder / "data", mirror=False)
    _fill(settings)
    local = ["--data", str(settings.data), "status"]
    with serving(settings.database, folder, mirror="off") as server:
        commands = {
            "python -c pass (yardstick)": ["pass"],
            "prompts-admin --help": [RUN, "--help"],
            "prompts-admin status, remote": [RUN, "--data", str(folder), "status"],
            "prompts-admin status, local": [RUN, *local],
        }
        found: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, arguments in commands.items():
                seconds = _seconds(arguments, _environ(folder))
                if number:
                    found[name].append(seconds * 1000)
    yardstick = median(found["python -c pass (yardstick)"])
    print(f"{rounds} rounds against {server.url}")
    for name, times in found.items():
        print(
            f"{name:32} {median(times):7.0f} ms  {median(times) / yardstick:6.1f} x  (best {min(times):.0f} ms)"
        )


def _fill(settings: Settings) -> None:
    for package in ("prompts_admin", "cli"):
        compileall.compile_dir(ROOT / package, quiet=1)
    prepare_store(settings)
    product = open_product(settings)
    load_samples(product, demo=True)
    product.close()


def _environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROMPTS_ADMIN_")}
    return kept | {"HOME": str(home)}


def _seconds(arguments: Sequence[str], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-c", *arguments]
    subprocess.run(command, env=dict(environ), check=True, capture_output=True, timeout=60)
    return time.perf_counter() - began


def main() -> None:
    """Measure in a new data folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        measure(Path(folder), given.rounds)


if __name__ == "__main__":
    main()
