"""Random tests: the same examples each time in `make test`, new ones in `make soak`, whose seed finds them again."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings

from scripts import soak
from tests.packaging.sources import ROOT, modules, name, tree
from tests.support.lengths import LONGER, examples

LENGTHS = ROOT / "tests" / "support" / "lengths.py"
FINDS = """
from pathlib import Path
from hypothesis import Phase, given, strategies as st
from tests.support.lengths import examples, load_profile

load_profile()

@examples(10, phases=[Phase.generate])
@given(st.lists(st.integers(), min_size=8))
def test_it(numbers: list[int]) -> None:
    with Path(__file__).with_suffix(".txt").open("a") as file:
        print(numbers, file=file)
    assert {}
"""


def test_each_test_says_how_long_it_looks_by_the_one_function() -> None:
    """Settings of its own would neither be the same each time nor last longer while it soaks."""
    assert [] == [
        f"{name(path)}:{node.lineno}"
        for path in modules(ROOT / "tests")
        if path not in (LENGTHS, Path(__file__))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "hypothesis"
        for alias in node.names
        if alias.name in ("settings", "seed")
    ]


def test_make_test_looks_at_the_same_examples_each_time() -> None:
    """By default and where a test says how many: no chance decides whether a change lands."""
    for one in (settings(), examples(40), examples(40, steps=20)):
        assert (True, None) == (one.derandomize, one.deadline)
    assert (40, 20) == (examples(40, steps=20).max_examples, examples(40, steps=20).stateful_step_count)


def test_a_soak_looks_at_many_times_as_many() -> None:
    """Examples and steps, by chance, and keeping nothing that a seed does not tell."""
    script = (
        "from hypothesis import settings; from tests.support.lengths import examples, load_profile; load_profile();"
        "print(*[(s.max_examples, s.derandomize, s.database) for s in (settings(), examples(40))],"
        "examples(40, steps=20).stateful_step_count)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"TESTS_SOAK": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"(700, False, None) (280, False, None) {20 * LONGER}" == said.stdout.strip()


@pytest.mark.slow
def test_the_seed_that_a_soak_tells_finds_the_same_again(tmp_path: Path) -> None:
    """What found something is said as a command; another seed looks at other examples."""
    file = tmp_path / "test_it.py"
    file.write_text(FINDS.format("max(numbers) < 100"))
    first, seen = _soaked(file), _seen(file)
    assert 1 == first.returncode, first.stdout
    told = re.findall(r'The same again: make soak SEED=(\d+) MINUTES=0 PYTEST_ARGS="-n0 (\S+)"', first.stderr)
    assert [str(file)] == [path for _, path in told]
    again = _soaked(file, "--seed", told[0][0])
    assert f"==> Soaking with seed {told[0][0]}\n" in again.stderr
    assert seen == _seen(file)
    file.write_text(FINDS.format("True"))
    assert 0 == _soaked(file, "--seed", str(int(told[0][0]) ^ 1)).returncode
    assert seen != _seen(file)[: len(seen)]


@pytest.mark.parametrize(
    ("codes", "seeds"), [([0, 0, 0, 0], [4294967295, 0, 1]), ([0, 1, 0, 0], [4294967295, 0])]
)
def test_round_follows_round_until_the_time_is_over_or_something_is_found(
    monkeypatch: pytest.MonkeyPatch, codes: list[int], seeds: list[int]
) -> None:
    """Each with the next seed; here a round takes a minute."""
    used: list[int] = []

    def run(seed: int, _tests: list[str]) -> int:
        used.append(seed)
        return codes[len(used) - 1]

    monkeypatch.setattr(time, "monotonic", lambda: 60.0 * len(used))
    monkeypatch.setattr(soak, "_round", run)
    assert max(codes) == soak.main(["--seed", "4294967295", "--minutes", "2.5"])
    assert seeds == used


def _soaked(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.soak", "--minutes", "0", *arguments, "--", "-n0", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _seen(file: Path) -> list[str]:
    """Return what the test was given, and forget it."""
    kept = file.with_suffix(".txt")
    lines = kept.read_text().splitlines()
    kept.unlink()
    return lines
