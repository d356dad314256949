"""What is published: each scope's own snapshot, pointers that only move on, and nothing of who lost the right."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from prompts_admin.domain.errors import Refused, Unavailable
from prompts_admin.publishing import shelf
from prompts_admin.publishing.folders import FolderTarget
from prompts_admin.publishing.shelf import Edition
from prompts_admin.services.people.tokens import list_tokens, revoke_token
from prompts_admin.services.product import Product
from prompts_admin.store.records.audit import walk
from tests.publishing.targets import PUBLIC, live_text, publishing, reader, token
from tests.support.cast import ADMIN, LAWYER, person
from tests.support.desk import Desk

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def editions(*revisions: int, epoch: str = "e1") -> list[Edition]:
    return [
        Edition(epoch=epoch, revision=n, created_at="", content=f"{epoch} {n}".encode(), unpacked=9)
        for n in revisions
    ]


def test_each_scope_has_its_own_snapshot_and_tokens_of_one_scope_share_it(
    process: Product, tmp_path: Path
) -> None:
    """A token's pointer leads to what that token may see, and to nothing else."""
    everything = token(process, "all")["snapshot"]
    one, same = (token(process, name, features=("support",))["snapshot"] for name in ("one", "same"))
    assert one == same != everything
    answer = process.publisher.publish()
    assert {everything, one} == {scope["pointer"] for scope in answer["scopes"]}
    whole, part = reader(tmp_path / "target", everything), reader(tmp_path / "target", one)
    assert whole and part
    assert ["elsewhere/letter"] == list(whole["entries"])
    assert [] == list(part["entries"])


def test_the_worker_publishes_each_new_revision_once(process: Product, desk: Desk, tmp_path: Path) -> None:
    """Several commits are one round, and a step with nothing new writes nothing."""
    pointer = token(process, "all")["snapshot"]
    assert (1, 0) == (process.publisher.step(), process.publisher.step())
    live_text(desk, "Two")
    live_text(desk, "Three")
    assert (1, 0) == (process.publisher.step(), process.publisher.step())
    document = reader(tmp_path / "target", pointer)
    assert document and document["revision"] == process.publisher.state.revision
    assert 2 == len(list((tmp_path / "target" / pointer).parent.glob("*.json.gz")))


def test_F01_killed_between_content_and_pointer_the_old_snapshot_stays_whole(
    process: Product, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pointer never names what is not there; the next step goes on where it stopped."""
    pointer = token(process, "all")["snapshot"]
    process.publisher.step()
    before = reader(tmp_path / "target", pointer)
    live_text(desk, "Two")
    write = FolderTarget.write

    def dies(self: FolderTarget, path: str, content: bytes, *, lasting: bool) -> None:
        if not lasting:
            raise SystemExit("killed")
        write(self, path, content, lasting=lasting)

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(FolderTarget, "write", dies)
        process.publisher.step()
    assert before == reader(tmp_path / "target", pointer)
    again = publishing(desk.product, tmp_path)
    assert 1 == again.publisher.step()
    after = reader(tmp_path / "target", pointer)
    assert before and after and before["revision"] < after["revision"]


def test_content_that_somebody_deleted_is_written_again(process: Product, tmp_path: Path) -> None:
    """What a pointer names is looked for, not trusted to be there."""
    pointer = token(process, "all")["snapshot"]
    process.publisher.publish()
    for content in (tmp_path / "target" / pointer).parent.glob("*.json.gz"):
        content.unlink()
    assert [True] == [scope["changed"] for scope in process.publisher.publish()["scopes"]]
    assert reader(tmp_path / "target", pointer)


def test_S06_what_a_revoked_token_had_is_removed_with_the_last_of_its_scope(
    process: Product, tmp_path: Path
) -> None:
    """The scope stays while another active token has it; what others keep in the folder stays in any case."""
    first, second = (token(process, name, features=("support",)) for name in ("first", "second"))
    process.publisher.step()
    stranger = tmp_path / "target" / ("0" * 48) / "current.json"
    stranger.parent.mkdir()
    stranger.write_text("{}")
    process.do(person(ADMIN), revoke_token, None, first["id"])
    process.publisher.step()
    assert reader(tmp_path / "target", second["snapshot"])
    process.do(person(ADMIN), revoke_token, None, second["id"])
    process.publisher.step()
    assert [stranger.parent] == list((tmp_path / "target").iterdir())


def test_a_scope_ends_when_its_token_expires(process: Product, desk: Desk, tmp_path: Path) -> None:
    """Nobody has to revoke it."""
    made = token(process, "brief", expires=desk.clock.now + timedelta(hours=1))
    process.publisher.step()
    assert reader(tmp_path / "target", made["snapshot"])
    desk.clock.forward(hours=2)
    process.publisher.step()
    assert [] == list((tmp_path / "target").glob("*"))


def test_F42_a_restored_store_begins_a_new_epoch_at_the_target(
    process: Product, desk: Desk, tmp_path: Path
) -> None:
    """A lower revision of another epoch replaces a higher one; within an epoch never."""
    target = FolderTarget(str(tmp_path / "t"))
    for edition in (*editions(7, 9, 8), *editions(2, 1, epoch="e2")):
        shelf.put(target, "scope", edition)
    held = shelf.current(target, "scope")
    assert held and ("e2", 2) == (held.epoch, held.revision)


def test_old_content_goes_after_a_day_and_never_what_the_pointer_names(tmp_path: Path, desk: Desk) -> None:
    """The last five stay, and whatever was replaced within a day: caches hand out older pointers."""
    target = FolderTarget(str(tmp_path))
    now = desk.clock.now
    for edition in editions(*range(1, 11)):
        pointer, _ = shelf.put(target, "scope", edition)
        at = now.timestamp() - (11 - edition.revision) * 12 * 3600
        os.utime(tmp_path / "scope" / pointer.file, (at, at))
    assert 5 == shelf.prune(target, "scope", now)
    assert 0 == shelf.prune(target, "scope", now)
    burst = editions(*range(11, 30))
    for edition in burst:
        pointer, _ = shelf.put(target, "scope", edition)
        os.utime(tmp_path / "scope" / pointer.file, (now.timestamp(), now.timestamp()))
    assert 2 == shelf.prune(target, "scope", now)
    held = shelf.current(target, "scope")
    assert held and held.revision == 29 and target.size(f"scope/{held.file}") == held.size


def test_S19_only_administrators_see_where_and_the_audit_never_does(process: Product) -> None:
    """The address is a secret: it opens what it names to whoever has it."""
    process = publishing(process, process.settings.data.parent, publish_public_url=PUBLIC)
    made = token(process, "mine", user=LAWYER)
    shown = made["snapshot"]
    assert shown.startswith(f"{PUBLIC}/") and shown.endswith("/current.json")
    own = process.look(person(LAWYER), list_tokens)["items"]
    assert [None] == [item["snapshot"] for item in own]
    assert [shown] == [item["snapshot"] for item in process.look(person(ADMIN), list_tokens)["items"]]
    with process.store.read() as uow:
        trail = json.dumps([entry.detail for entry in walk(uow.connection)])
    assert shown.split("/")[-2] not in trail


def test_tokens_of_other_roles_publish_nothing(process: Product, tmp_path: Path) -> None:
    """An administrator's token is no reason to put everything on a CDN."""
    assert token(process, "ci", role="viewer")["snapshot"] is None
    assert [] == process.publisher.publish()["scopes"]


def test_a_server_without_a_target_says_what_to_set(desk: Desk) -> None:
    """And shows no address with its tokens."""
    assert token(desk.product, "all")["snapshot"] is None
    with pytest.raises(Refused, match="PROMPTS_ADMIN_PUBLISH_URL"):
        desk.product.publisher.publish()


def test_a_target_that_fails_is_named_by_its_kind_and_stops_no_release(desk: Desk, tmp_path: Path) -> None:
    """The folder cannot be made: publishing fails, releases go on, and it recovers by itself."""
    (tmp_path / "target").write_text("in the way")
    process = publishing(desk.product, tmp_path)
    pointer = token(process, "all")["snapshot"]
    with pytest.raises(Unavailable) as caught:
        process.publisher.step()
    assert "publish_failed" == caught.value.code
    assert str(tmp_path) not in str(caught.value)
    live_text(desk, "Goes on")
    (tmp_path / "target").unlink()
    assert 1 == process.publisher.step()
    assert reader(tmp_path / "target", pointer)


def test_F42_a_process_that_has_not_heard_of_a_new_epoch_publishes_the_new_one(
    process: Product, desk: Desk, tmp_path: Path
) -> None:
    """It reads the store anew before it writes."""
    pointer = token(process, "all")["snapshot"]
    process.publisher.step()
    with desk.product.store.write() as uow:
        uow.change_head(epoch="another", revision=1)
        uow.commit()
    process.publisher.step()
    document = reader(tmp_path / "target", pointer)
    assert document and ("another", 1) == (document["epoch"], document["revision"])
