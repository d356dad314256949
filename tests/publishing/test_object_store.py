"""An object store that speaks S3, on this machine: the same promises, and the headers that a CDN goes by."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from moto.server import ThreadedMotoServer

from prompts_admin.domain.errors import Unavailable
from prompts_admin.publishing import shelf
from prompts_admin.publishing.shelf import Edition
from prompts_admin.publishing.targets import open_target
from prompts_admin.services.people.tokens import revoke_token
from prompts_admin.services.product import Product
from tests.publishing.targets import live_text, publishing, token
from tests.support.cast import ADMIN, person
from tests.support.desk import Desk

pytestmark = [
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
    # Its server shares what it keeps among all tests of a process.
    pytest.mark.xdist_group("object-store"),
]
SECRET = "s3cr" + "et" * 8
BUCKET = "prompts"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    urllib3.request("PUT", f"http://{host}:{port}/{BUCKET}")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def process(desk: Desk, endpoint: str, tmp_path: Path) -> Product:
    """A server process that publishes there, below a prefix of its own."""
    live_text(desk, "One")
    url = f"s3://{BUCKET}/{tmp_path.name}"
    return publishing(desk.product, tmp_path, url, publish_options=options(endpoint))


def options(endpoint: str, **more: Any) -> str:
    client = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    return json.dumps({"key": "AK" + "IA" * 7, "secret": SECRET, "client_kwargs": client, **more})


def at(process: Product, endpoint: str, path: str) -> urllib3.BaseHTTPResponse:
    """Read as a CDN does; it is known to the store, which looks no closer here."""
    prefix = process.settings.publish_url.removeprefix("s3://")
    headers = {"Authorization": "AWS cdn:cdn"}
    return urllib3.request("GET", f"{endpoint}/{prefix}/{path}", headers=headers, decode_content=False)


def test_what_is_published_can_be_served_by_a_cdn_as_it_is(process: Product, endpoint: str) -> None:
    """The pointer is for seconds, content for good; nothing is encoded that somebody might undo."""
    pointer = token(process, "all")["snapshot"]
    assert 1 == process.publisher.step()
    told = at(process, endpoint, pointer)
    assert ("application/json", True) == (
        told.headers["Content-Type"],
        "max-age=5" in told.headers["Cache-Control"],
    )
    file = told.json()["file"]
    content = at(process, endpoint, pointer.replace("current.json", file))
    assert "application/gzip" == content.headers["Content-Type"]
    assert "immutable" in content.headers["Cache-Control"]
    assert "Content-Encoding" not in content.headers
    assert told.json()["revision"] == json.loads(gzip.decompress(content.data))["revision"]


def test_S06_F42_revoked_scopes_go_and_the_newest_state_wins_there_too(
    process: Product, desk: Desk, endpoint: str
) -> None:
    """Each new revision, the removal of a scope, and what another process wrote in between."""
    made = token(process, "all")
    process.publisher.step()
    first = at(process, endpoint, made["snapshot"]).json()
    live_text(desk, "Two")
    process.publisher.step()
    assert first["revision"] < at(process, endpoint, made["snapshot"]).json()["revision"]
    process.do(person(ADMIN), revoke_token, None, made["id"])
    process.publisher.step()
    assert 404 == at(process, endpoint, made["snapshot"]).status
    assert 404 == at(process, endpoint, made["snapshot"].replace("current.json", first["file"])).status


def test_old_content_is_deleted_there_too(process: Product, desk: Desk) -> None:
    """By the times that the store tells."""
    target = open_target(process.settings.publish_url, process.settings.publish_options)
    for n in range(1, 9):
        edition = Edition(epoch="e", revision=n, created_at="", content=b"%d" % n, unpacked=1)
        shelf.put(target, "scope", edition)
    assert 0 == shelf.prune(target, "scope", desk.clock.now)
    assert 3 == shelf.prune(target, "scope", datetime.now(UTC) + timedelta(hours=25))
    held = shelf.current(target, "scope")
    assert held and held.revision == 8 and target.size(f"scope/{held.file}") == 1


def test_S38_credentials_are_in_no_error_and_no_log(
    process: Product, endpoint: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when it works nor when the bucket, the right or the server is missing, however much is logged."""
    caplog.set_level(logging.DEBUG)
    token(process, "all")
    process.publisher.step()
    said = []
    for url, where in ((f"s3://ak:{SECRET}@gone/x", endpoint), (f"s3://{SECRET}", "http://127.0.0.1:9")):
        broken = publishing(
            process,
            tmp_path,
            url,
            publish_options=options(
                where, config_kwargs={"connect_timeout": 1, "retries": {"max_attempts": 0}}
            ),
        )
        with pytest.raises(Unavailable) as caught:
            broken.publisher.publish()
        said.append(str(caught.value))
        assert caught.value.__suppress_context__
    assert all("'s3'" in text for text in said), said
    assert SECRET not in "".join(said) + caplog.text
    assert SECRET not in repr(process.settings)
