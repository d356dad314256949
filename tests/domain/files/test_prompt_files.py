"""Files read as content and back, to the last character; faults are named with file, line and remedy."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.content import check_content
from prompts_admin.domain.digests import digest
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.files.prompt_files import (
    FeatureFile,
    PromptFile,
    WorkspaceFile,
    decode,
    dump_file,
    feature_file,
    parse_file,
    workspace_file,
)
from prompts_admin.domain.newer_fields import NEWER_FIELDS
from tests.domain.content.contents import SURPRISES, model, models, prompt, prompts, snippet, snippets
from tests.support.lengths import examples

PATH = "support/triage.yaml"


def content_of(text: str) -> dict[str, Any]:
    """Return the content of a file's text."""
    file = parse_file(PATH, text)
    assert isinstance(file, PromptFile)
    return file.content


def refusal_of(text: str, path: str = PATH) -> Refused:
    """Return the refusal of a file's text; its first problem names file, line and remedy."""
    with pytest.raises(Refused) as refused:
        parse_file(path, text)
    for problem in refused.value.problems:
        assert problem.file == path
        assert problem.remedy
    return refused.value


@examples(100)
@given(prompts | models | snippets)
def test_F39_what_is_written_reads_back_exactly(content: dict[str, Any]) -> None:
    """Any content round-trips through its file with the same digest, and the normal form is stable."""
    checked = check_content(content)
    assert content_of(dump_file(checked)) == checked
    assert digest(content_of(dump_file(checked))) == digest(checked)
    assert check_content(checked) == checked


@pytest.mark.parametrize("text", SURPRISES)
def test_F39_F35_surprising_texts_stay_texts(text: str) -> None:
    """What YAML programs read apart, trailing spaces, CRLF, bidi and emoji come back as they were."""
    for content in (
        snippet(text),
        prompt(description=text, messages=[{"role": "user", "content": "{{ticket}}"}]),
    ):
        checked = check_content(content)
        assert content_of(dump_file(checked)) == checked


def test_a_file_is_written_for_people() -> None:
    """Fields in the order of the docs, text as blocks, plain words unquoted."""
    content = prompt(model="support/fast@3", variables={"ticket": {"example": "no", "type": "string"}})
    content["messages"].append({"content": "Two\nlines", "role": "assistant"})
    assert dump_file(content) == (
        "kind: prompt\n"
        "description: Route a ticket\n"
        "model: support/fast@3\n"
        "variables:\n"
        "  ticket:\n"
        "    type: string\n"
        '    example: "no"\n'
        "messages:\n"
        "  - role: system\n"
        "    content: |\n"
        "      You route support tickets.\n"
        "  - placeholder: history\n"
        "  - role: user\n"
        '    content: "{{ticket}}"\n'
        "  - role: assistant\n"
        "    content: |-\n"
        "      Two\n"
        "      lines\n"
    )


def test_the_path_is_the_key() -> None:
    """A file in a feature's folder is its artifact, two names are settings, all else is refused."""
    file = parse_file("support/tone.yaml", "kind: snippet\ntext: Be kind.\n")
    assert isinstance(file, PromptFile)
    assert (file.key, file.path) == ("support/tone", "support/tone.yaml")
    for path in ("tone.yaml", "a/b/c.yaml", "a/b.yml", "../a/b.yaml", "/a/b.yaml", "a\\b.yaml", "A/b.yaml", "a/-b.yaml",
                 "a/b.c.yaml", "_feature.yaml", "a/_workspace.yaml", "a/.yaml", "con/x.yaml"):  # fmt: skip
        with pytest.raises(Refused):
            parse_file(path, "kind: snippet\ntext: Be kind.\n")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kind: snippet\ntext: a\nkind: model\n", 3, "'kind' stands here twice"),
        ("kind: prompt\nmessages:\n  - role: user\n    role: user\n    content: a\n", 4, "twice, first in line 3"),
        ("kind: snippet\ntxt: a\n", 2, "'txt' is not a field"),
        ("kind: snippet\ntext: &a x\n", 2, "anchor"),
        ("kind: snippet\ntext: *a\n", 2, "repeats another part"),
        ("kind: snippet\n<<: {text: a}\n", 2, "'<<' merges"),
        ("kind: snippet\ntext: !!python/object:os.system x\n", 2, "is a tag"),
        ("kind: snippet\ntext: !custom x\n", 2, "is a tag"),
        ("kind: snippet\ntext: a\n---\nkind: snippet\n", 3, "second document"),
        ("%YAML 1.1\n---\nkind: snippet\n", 2, "Directives"),
        ("%TAG ! tag:x,2000:\n---\nkind: snippet\n", 2, "Directives"),
        ("kind: snippet\n1: a\n", 2, "'1' is no text"),
        ("kind: snippet\n? [a]\n: b\n", 2, "must be text"),
        ("kind: snippet\ntext: {{name}}\n", 2, "must be text"),
        ("kind: snippet\n\ttext: a\n", 2, "\\t"),
        ("kind: snippet\ntext: a: b\n", 2, "not YAML"),
        ("kind: snippet\ntext: 'a\n", 2, "not YAML"),
        ("kind: snippet\ntext: 012\n", 2, "do not agree"),
        ("kind: snippet\ntext: .nan\n", 2, "do not agree"),
        ("kind: snippet\ntext: 1e3\n", 2, "must be text, not a number"),
        ("kind: snippet\ntext: true\n", 2, "must be text, not true or false"),
        ("kind: model\nprovider: x\nname: y\nparams: {a: 1e400}\n", 4, "not a finite number"),
        ("kind: model\nprovider: x\nname: y\nparams:\n  a: 9007199254740993\n", 5, "beyond 2^53"),
        ("kind: snippet\ntext: \"a\\0b\"\n", 2, "NUL"),
        ("kind: snippet\ntext: \"a\\uD800b\"\n", 2, "surrogate"),
        ("- a\n- b\n", None, "must be an object"),
        ("", 1, "empty"),
        ("kind: snippet\ntext: |\n  a\n  b {{c}}\n", 4, "'c' is used and not declared"),
        ("kind: snippet\ntext: |\n  a\n  {{#if a}}\n  b\n", 4, "has no '{{/if}}'"),
        ("kind: prompt\nmessages:\n- role: sytem\n  content: a\n", 3, "must be one of system"),
    ],
)  # fmt: skip
def test_F36_a_fault_is_named_with_its_line(text: str, line: int | None, said: str) -> None:
    """Each way to get a file wrong says where and what, and what to do."""
    refused = refusal_of(text)
    assert refused.code == "invalid_content"
    assert refused.problems[0].line == line
    assert said in str(refused.problems[0])


def test_conflict_marks_left_in_a_file_are_refused() -> None:
    """A merge that nobody decided is not saved."""
    assert (
        refusal_of("kind: snippet\n<<<<<<< yours\ntext: a\n=======\ntext: b\n>>>>>>> theirs\n").code
        == "merge_marks"
    )


def test_several_faults_are_told_at_once() -> None:
    """Whoever corrects a file sees all of it."""
    text = "kind: prompt\nmodle: a/b\nvariables: {a-b: {type: int}}\nmessages:\n  - role: x\n"
    assert [problem.line for problem in refusal_of(text).problems] == [2, 3, 3, 5, 5]


BOMBS = {
    "laughs": "a: &a [x,x]\n" + "".join(f"b{i}: &b{i} [*a,*a]\n" for i in range(30)),
    "merge": "a: &a {x: 1}\n" + "".join(f"b{i}: {{<<: [*a,*a,*a]}}\n" for i in range(30)),
    "deep flow": "kind: " + "[" * 500_000,
    "deep block": "- " * 300_000,
    "keys": "? " * 300_000,
    "many": "a: [" + "1," * 400_000 + "]",
    "lines": "".join(f"k{i}: v\n" for i in range(90_000)),
    "words": "text: " + "x y " * 240_000,
    "quoted": 'text: "' + "x y " * 240_000 + '"',
    "anchors": "a: " + "&a " * 300_000,
    "colons": "a" + ":" * 500_000,
    "tabs": "a:\n" + "\t" * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_F37_F38_S35_bombs_are_refused_at_once(name: str) -> None:
    """Nothing is expanded, nested or gone through that could take long."""
    begun = time.thread_time()
    assert refusal_of(BOMBS[name]).code == "invalid_content"
    assert time.thread_time() - begun < 3


@pytest.mark.parametrize("piece", ["x", "x\n", "[", "a: &a *a\n"])
def test_S35_F34_ten_megabytes_are_refused_before_they_are_read(piece: str) -> None:
    """Size comes first, so that ten megabytes of anything get their answer at once, in one plain sentence."""
    text = piece * (10_000_000 // len(piece))
    begun = time.thread_time()
    assert refusal_of(text).code == "too_large"
    assert time.thread_time() - begun < 1


def test_F34_a_megabyte_of_text_is_the_limit() -> None:
    """Content up to the limit is read, a little more is refused with both numbers."""
    assert len(content_of("kind: snippet\ntext: |\n" + f"  {'x' * 98}\n" * 10_000)["text"]) == 990_000
    refused = refusal_of("kind: snippet\ntext: |\n" + f"  {'x' * 98}\n" * 11_000)
    assert refused.code == "too_large"
    assert "1048576" in refused.detail


def test_F34_ten_thousand_variables_are_refused() -> None:
    """The limit is named in words."""
    text = "kind: snippet\ntext: a\nvariables: {" + ", ".join(f"v{i}: " for i in range(4_000)) + "}\n"
    refused = refusal_of(text)
    assert "4000 variables; 500 are allowed" in refused.detail
    assert (
        refusal_of(text.replace("}", "," + ", ".join(f"w{i}: " for i in range(6_000)) + "}")).code
        == "invalid_content"
    )


def test_bytes_are_utf_8() -> None:
    """A byte order mark is dropped; other encodings are refused, naming the byte and its line."""
    assert decode(PATH, "\ufeffkind: é".encode()) == "kind: é"
    with pytest.raises(Refused) as refused:
        decode(PATH, b"kind: snippet\ntext: caf\xe9\n")
    assert "byte 23 is 0xe9" in refused.value.detail
    assert refused.value.problems[0].line == 2


@given(st.binary(max_size=60))
def test_any_bytes_are_a_file_or_a_refusal(data: bytes) -> None:
    """No other error escapes, whatever is uploaded."""
    try:
        parse_file(PATH, decode(PATH, data))
    except Refused as refused:
        assert refused.problems or refused.code == "too_large"


@examples(200)
@given(st.text(st.sampled_from("abkind:snipet text-?[]{},&*!|>'\"%@#\n\t \\0123.~<="), max_size=60))
def test_any_text_is_a_file_or_a_refusal(text: str) -> None:
    """Nor does one from inside of the parser."""
    for path in (PATH, "a/_feature.yaml", "_workspace.yaml"):
        try:
            parse_file(path, text)
        except Refused as refused:
            assert refused.problems


def test_settings_files_round_trip() -> None:
    """A feature's and the workspace's file are written as they read."""
    text = (
        "title: Support\ndri: PM@example.com\nrunbook: https://runbooks.example.com/support\n"
        "policy:\n  internal: {}\n  full:\n    sign_off: {product: 1, legal: 2}\n    wait_hours: 24\n"
        "    checks: [renders]\n    freezes:\n"
        "      - {from: 2026-12-20T01:00:00+01:00, to: 2027-01-02T00:00:00Z, reason: Holidays}\n"
    )
    file = parse_file("support/_feature.yaml", text)
    assert isinstance(file, FeatureFile)
    assert file.document["dri"] == "pm@example.com"
    assert list(file.document["policy"]) == ["full"]
    assert file.document["policy"]["full"]["freezes"][0]["from"] == "2026-12-20T00:00:00Z"
    again = parse_file("support/_feature.yaml", feature_file(file.document))
    assert isinstance(again, FeatureFile)
    assert (again.feature, again.document) == ("support", file.document)
    workspace = parse_file("_workspace.yaml", "audiences:\n  beta: {rules: []}\n")
    assert isinstance(workspace, WorkspaceFile)
    assert workspace.audiences["beta"] == {"rules": []}
    assert workspace.audiences["full"] == "everybody"
    back = parse_file("_workspace.yaml", workspace_file({"audiences": workspace.audiences}))
    assert isinstance(back, WorkspaceFile)
    assert back.audiences == workspace.audiences


def test_writing_a_file_is_quick() -> None:
    """Ten thousand versions are written in seconds, for the mirror and for exports."""
    begun = time.thread_time()
    for _ in range(100):
        dump_file(prompt())
        dump_file(model())
    assert time.thread_time() - begun < 0.4


@pytest.mark.parametrize(
    ("path", "text", "file"),
    [
        (PATH, "kind: snippet\ntext: Hi.\ntargets: fast\n", "artifact"),
        ("support/_feature.yaml", "title: T\ndri: pam@example.com\ntargets: fast\n", "feature"),
        ("_workspace.yaml", "targets: fast\n", "workspace"),
    ],
)
def test_a_field_of_a_later_version_is_told_which_version_knows_it(
    path: str, text: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who brings a file of another server updates this one, instead of looking for a slip that is none."""
    unknown = refusal_of(text, path).problems[0]
    assert unknown.message == "'targets' is not a field here."
    assert unknown.remedy.startswith("Known are: ")
    assert unknown.remedy.endswith(". A newer version may know it.")
    monkeypatch.setitem(NEWER_FIELDS, file, {"targets": "0.9.0"})
    told = refusal_of(text, path).problems[0]
    assert told.remedy == "Version 0.9.0 knows it: update, or leave the field out."


def test_a_slip_in_a_fields_name_is_told_as_before() -> None:
    """A near name is what was meant; versions are no matter then."""
    assert "Did you mean 'text'?" == refusal_of("kind: snippet\ntexts: Hi.\n").problems[0].remedy
