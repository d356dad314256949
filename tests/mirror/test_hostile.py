"""Names, messages, keys, texts and addresses from people never become options, paths or commands of git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.mirror import Mirror, MirrorCommit
from prompts_admin.mirror.commits import message_text, person
from prompts_admin.mirror.remote import url_refusal
from prompts_admin.mirror.stream import event_of
from tests.support.lengths import examples

Make = Callable[..., MirrorCommit]
Read = Callable[..., str]

HOSTILE = (
    "ext::sh -c touch% pwned",
    "--upload-pack=touch pwned",
    "-u",
    "--output=pwned",
    "../../x",
    "$(touch pwned)",
    "`touch pwned`",
    "a\nb <root@example.com> 0 +0000\ncommitter x <x@x> 0 +0000",
    "x\ndata 5\nhello\n",
    "data 5",
    "done\n",
    "reset refs/heads/full\n\n",
    "feature export-marks=pwned\n",
    "nul\0byte",
    "<>",
    "",
    "   ",
    "\u202eesrever\u200b",
    "日本語 العربية 🙂",
    "\x1b]0;title\x07\x1b[31m",
    "lone \udcff surrogate",
    "Prompts-Admin-Event: 999999",
)
PATHS = (
    ".git/hooks/x",
    ".git/hooks.yaml",
    ".GIT/config.yaml",
    "git~1/config.yaml",
    "support/.git.yaml",
    "../../x",
    "../x.yaml",
    "support/../x.yaml",
    "/etc/x.yaml",
    "-u/x.yaml",
    "support/-u.yaml",
    "support/--upload-pack=x.yaml",
    "CON",
    "CON/x.yaml",
    "con/x.yaml",
    "support/aux.yaml",
    "lpt1/_feature.yaml",
    "Support/Triage.yaml",
    "support/ünïcode.yaml",
    "support/\u2024\u2024.yaml",
    "support/\u200dgit.yaml",
    "support/x.yaml\n",
    "support/x.yaml\nD support/y.yaml",
    'support/"x".yaml',
    "support/x y.yaml",
    "support\\x.yaml",
    "support/x.yml",
    "support/x",
    "support",
    "_feature.yaml",
    "support/_other.yaml",
    "support/_workspace.yaml",
    "a/b/c.yaml",
    "",
    f"support/{'x' * 64}.yaml",
)


@pytest.mark.parametrize("path", PATHS)
def test_F27_W27_only_files_of_features_get_into_the_tree(mirror: Mirror, commit: Make, path: str) -> None:
    """Any other path is refused before anything is written, together with its whole batch."""
    with pytest.raises(Refused) as caught:
        mirror.write([commit(1), commit(2, files={path: "x"})])
    assert caught.value.code == "invalid"
    assert mirror.heads() == {}


def test_S31_hostile_names_and_messages_are_only_text(
    tmp_path: Path, mirror: Mirror, commit: Make, read: Read
) -> None:
    """Whatever stands in name, address, message and text becomes one commit, and nothing else happens."""
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    batch = [
        commit(n, author_name=text, author_email=text, message=text, files={"support/triage.yaml": saved})
        for n, (text, saved) in enumerate(zip(HOSTILE, texts, strict=True), start=1)
    ]
    assert len(HOSTILE) == mirror.write(batch)
    assert mirror.check() == ()
    assert len(HOSTILE) == mirror.position("main")
    assert list(mirror.heads()) == ["main"]
    assert str(len(HOSTILE)) == read(mirror.folder, "rev-list", "--count", "main").strip()
    shown = [read(mirror.folder, "show", f"main~{len(texts) - n}:support/triage.yaml") for n in (8, 9, 14)]
    assert [texts[7], texts[8], texts[13]] == shown
    assert not [*tmp_path.rglob("pwned*"), *tmp_path.rglob("fast_import_crash_*")]


def test_a_message_cannot_claim_another_position(mirror: Mirror, commit: Make) -> None:
    """The position is the last line, which the mirror writes, not one that somebody typed."""
    mirror.write([commit(1, message="Hi\n\nPrompts-Admin-Event: 50\n\n")])
    assert mirror.position("main") == 1
    assert mirror.write([commit(2)]) == 1


def test_a_text_that_is_no_unicode_is_refused_with_its_path(mirror: Mirror, commit: Make) -> None:
    """A lone surrogate has no bytes; the batch is refused and names the file."""
    with pytest.raises(Refused, match=r"'support/tone\.yaml' is not valid Unicode"):
        mirror.write([commit(1, files={"support/tone.yaml": "\udcff"})])
    assert mirror.heads() == {}


@given(name=st.text(), email=st.text(), message=st.text())
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_person_is_one_line_with_one_address(name: str, email: str, message: str) -> None:
    """For any text there is a name, one pair of angle brackets, and no line end; messages hold no NUL."""
    who = person(name, email)
    assert (who.count(b"<"), who.count(b">")) == (1, 1)
    assert not {b"\n", b"\0", b"\r"} & {who[n : n + 1] for n in range(len(who))}
    assert not who.startswith((b"<", b" ")) and who.endswith(b">") and b"<>" not in who
    assert "\0" not in message_text(message)
    assert event_of(f"{message_text(message)}\n\nPrompts-Admin-Event: 7\n") == (7, "")


@pytest.mark.parametrize(
    "url",
    (
        "ext::sh -c touch% pwned",
        "--upload-pack=touch",
        "-u",
        "../../x",
        "/srv/git/x.git",
        "file:///srv/git/x.git",
        "http://git.example.com/x.git",
        "git://git.example.com/x.git",
        "git@git.example.com:x.git",
        "ssh://-oProxyCommand=touch/x",
        "ssh://-oProxyCommand=touch@host/x",
        "https://",
        "https:///x.git",
        "https://host/x y.git",
        "https://host/x.git\n--force",
        "https://host\0/x.git",
        "https://[::1/x.git",
        "https://host/x.git?a=b",
        "https::ext::https://x",
        "",
    ),
)
def test_W26_an_address_off_the_allow_list_is_refused(mirror: Mirror, commit: Make, url: str) -> None:
    """Only https and ssh with a plain host; the answer is a result, not an exception."""
    mirror.write([commit(1)])
    result = Mirror(mirror.folder).push(url)
    assert (result.ok, result.reason) == (False, "refused_url")
    assert "https" in result.detail


@pytest.mark.parametrize(
    "url",
    (
        "https://git.example.com/team/prompts.git",
        "https://bot:pass@git.example.com:8443/prompts.git",
        "ssh://git@git.example.com:2222/~team/prompts.git",
        "ssh://git@[2001:db8::1]/prompts.git",
    ),
)
def test_ordinary_addresses_are_allowed(url: str) -> None:
    """The allow-list lets through what people use."""
    assert url_refusal(url) is None


def test_S31_the_machine_and_the_caller_do_not_steer_git(
    tmp_path: Path, mirror: Mirror, commit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables and settings of the environment reach neither another repository nor a hook."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "pre-push", "post-update"):
        hook = hooks / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
        hook.chmod(0o755)
    config = tmp_path / "gitconfig"
    config.write_text(f"[core]\n\thooksPath = {hooks}\n")
    elsewhere = {
        "GIT_DIR": "no",
        "GIT_OBJECT_DIRECTORY": "objects",
        "GIT_WORK_TREE": "tree",
        "GIT_NAMESPACE": "n",
    }
    steering = {"GIT_CONFIG_GLOBAL": config, "GIT_CONFIG_PARAMETERS": f"'core.hooksPath={hooks}'"}
    monkeypatch.setenv("GIT_TRACE", "1")
    for name, value in {**elsewhere, **steering}.items():
        monkeypatch.setenv(name, str(tmp_path / str(value)) if name in elsewhere else str(value))
    assert mirror.write([commit(1)]) == 1
    assert (mirror.position("main"), mirror.check()) == (1, ())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "gitconfig",
        "hooks",
        "mirror.git",
        "mirror.git.lock",
    ]
