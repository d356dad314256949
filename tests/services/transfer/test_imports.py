"""Importing a folder: idempotent, all or nothing; exported files come back as the same digests."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.server.bootstrap import read_files, samples_folder
from prompts_admin.services.artifacts.overview import list_artifacts
from prompts_admin.services.features.documents import list_stages
from prompts_admin.services.policies.lists import list_settings
from prompts_admin.services.releases.first_release import first_release
from prompts_admin.services.transfer.exports import export_files
from prompts_admin.services.transfer.imports import File, Import, import_files
from tests.support.cast import ADMIN, AUTHOR, LAWYER, ON_CALL, person
from tests.support.desk import FAST, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MODEL = "kind: model\nprovider: openai\nname: small\n"
PROMPT = """\
kind: prompt
model: fresh/fast
variables: {name: {type: string}}
messages:
- {role: user, content: '{{name}}'}
"""
FEATURE = "title: Fresh\ndri: pm@example.com\nclassification: internal\n"


def files(**more: str) -> tuple[File, ...]:
    """Return a feature with a model, a prompt that refers to it and comes first, and more files."""
    texts = {"fresh/a.yaml": PROMPT, "fresh/fast.yaml": MODEL, "fresh/_feature.yaml": FEATURE, **more}
    return tuple(File(path, text) for path, text in texts.items())


def run(desk: Desk, given: tuple[File, ...], *, by: str = ON_CALL, **more: Any) -> dict[str, Any]:
    """Import."""
    return dict(desk.do(by, import_files, Import(given, **more)))


def keys(desk: Desk) -> list[str]:
    """Return every key that is there."""
    return [row["key"] for row in desk.look(ADMIN, list_artifacts)["items"]]


def test_a_folder_is_imported_once(desk: Desk) -> None:
    """In the order of its references; a second time nothing is made."""
    first = run(desk, files())
    assert ({"fresh/a", "fresh/fast"}, ["fresh"]) == (
        {made["key"] for made in first["created"]},
        first["features"],
    )
    again = run(desk, files())
    assert ([], [], ["fresh/a", "fresh/fast"], []) == (
        again["created"], again["features"], sorted(again["unchanged"]), again["settings_changes"]
    )  # fmt: skip
    check_invariants(desk.product)


def test_all_or_nothing(desk: Desk) -> None:
    """The problems of all files are told with file and line, and nothing at all is saved."""
    bad = {"fresh/b.yaml": "kind: prompt\nmessages: 3\n", "fresh/c.yaml": "kind: prompt\nkind: model\n"}
    with refused("invalid_content") as found:
        run(desk, files(**bad))
    assert {"fresh/b.yaml", "fresh/c.yaml"} == {problem.file for problem in found[0].problems}
    late = {"fresh/d.yaml": "kind: prompt\nmodel: fresh/none\nmessages:\n- {role: user, content: hi}\n"}
    with refused("invalid_content", says="fresh/none"):
        run(desk, files(**late))
    assert [] == keys(desk)
    check_invariants(desk.product)


@SQLITE
def test_a_dry_run_says_what_would_happen(desk: Desk) -> None:
    """By doing it and taking it back."""
    told = desk.product.rehearse(person(ON_CALL), import_files, Import(files()))
    assert 2 == len(told["created"])
    assert [] == keys(desk)
    assert 2 == len(run(desk, files())["created"])


@SQLITE
def test_settings_in_files_are_proposed_and_never_written(desk: Desk) -> None:
    """Title and DRI are direct; policy, classification and audiences wait for whoever decides now."""
    run(desk, files())
    policy = FEATURE.replace("Fresh", "Fresher") + "policy: {full: {sign_off: {legal: 1}}}\n"
    assert [1] == run(desk, files(**{"fresh/_feature.yaml": policy}))["settings_changes"]
    assert [] == run(desk, files(**{"fresh/_feature.yaml": policy}))["settings_changes"]
    weaker = run(desk, files(**{"fresh/_feature.yaml": FEATURE}))
    assert ["fresh"] == weaker["features"]
    assert "proposed" == desk.look(ADMIN, list_settings, scope="fresh")["items"][0]["state"]
    everybody = {"_workspace.yaml": "audiences: {internal: everybody}\n"}
    change = run(desk, files(**everybody), by=ADMIN)["settings_changes"]
    assert change == run(desk, files(**everybody), by=ADMIN)["settings_changes"]
    with refused("forbidden"):
        run(desk, files(**{"fresh/_feature.yaml": FEATURE}), by=AUTHOR)


@SQLITE
def test_a_workspace_that_was_told_nothing_serves_everybody_on_full(cast: Any, clock: Any) -> None:
    """The audiences of the design are there with the first feature."""
    desk = Desk(cast, clock)
    desk.save("fresh/letter", "Hello", by=ADMIN)
    stages = desk.look(ADMIN, list_stages)["stages"]
    assert ["full", "everybody"] == [stages[2]["name"], stages[2]["audience"]]


@SQLITE
def test_the_first_release_comes_once(desk: Desk) -> None:
    """By the system, shown as not signed; afterwards everything is promoted."""
    with refused("forbidden"):
        run(desk, files(), live=True)
    answer = run(desk, files(), by=ADMIN, live=True)["release"]
    assert ("initial", "live", "system") == (answer["kind"], answer["state"], answer["proposed_by"])
    assert "not signed" in answer["note"]
    assert shares(1, 1, 1) == desk.stages("fresh/a")
    with refused("nothing_changes", says="has releases already"):
        run(desk, files(), by=ADMIN, live=True)
    check_invariants(desk.product)


@SQLITE
def test_a_first_release_of_nothing_is_none(desk: Desk) -> None:
    """It would use up the only one."""
    with refused("nothing_changes"):
        desk.do(ADMIN, first_release, [])
    with refused("invalid"):
        run(desk, ())


def test_what_is_exported_imports_to_the_same_digests(desk: Desk) -> None:
    """Pins and all: live versions that are the newest make nothing new, older ones the same digest again."""
    samples = read_files(samples_folder())
    run(desk, tuple(file for file in samples if not file.path.startswith("_")), by=ADMIN, live=True)
    exported = desk.look(LAWYER, export_files, stage="full")["files"]
    again = run(desk, tuple(File(**file) for file in exported))
    assert ([], []) == (again["created"], again["settings_changes"])
    before = {i["key"]: i["digest"] for i in desk.release(1)["items"]}
    desk.save(TRIAGE, "Something else")
    back = run(desk, tuple(File(**file) for file in exported))
    assert [(TRIAGE, 3, before[TRIAGE])] == [(m["key"], m["number"], m["digest"]) for m in back["created"]]
    assert FAST in before


@SQLITE
def test_an_export_has_every_stage_and_only_what_one_may_read(desk: Desk) -> None:
    """With one folder per stage, and what is pinned beside what pins it."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one", model=FAST)
    desk.climb(TRIAGE, up_to="beta")
    desk.save("elsewhere/letter", "one")
    desk.promote("elsewhere/letter")
    paths = {file["path"] for file in desk.look(LAWYER, export_files)["files"]}
    assert {"internal/support/triage.yaml", "beta/support/triage.yaml", "beta/support/fast.yaml"} <= paths
    assert "beta/elsewhere/letter.yaml" not in paths
    outside = {file["path"] for file in desk.look("outsider@example.com", export_files)["files"]}
    assert "internal/elsewhere/letter.yaml" in outside
    assert not [path for path in outside if "support" in path]
