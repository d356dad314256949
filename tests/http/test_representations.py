"""What `resolve` and `snapshot` send: encodings, tags and when a client has it already."""

from __future__ import annotations

import gzip

import pytest

from prompts_admin.http.representations import GZIP_FROM, of_answer, of_document, takes_gzip
from prompts_admin.serving.snapshot_bytes import Document

LONG = Document(b"[%s]" % (b"1," * GZIP_FROM), "epoch-1-all")
SHORT = Document(b"{}", "epoch-1-none")


@pytest.mark.parametrize("packed", [False, True])
def test_a_client_that_has_the_document_is_told_so(packed: bool) -> None:
    """`If-None-Match` may hold a list, weak tags, either encoding or a star."""
    sent = of_document(LONG, packed=packed)
    for header in (LONG.etag, LONG.gzip_etag, f'"x", W/{LONG.etag}', "*"):
        assert sent.is_known_to(header.encode())
    for header in ("", '"x"', LONG.tag, '"*"'):
        assert not sent.is_known_to(header.encode())


def test_other_bytes_have_another_tag() -> None:
    """Packed and plain are told apart (RFC 9110, 8.8.3.3), and both carry the digest of the plain body."""
    plain, packed = (of_document(LONG, packed=packed) for packed in (False, True))
    assert (LONG.body, LONG.body) == (plain.body, gzip.decompress(packed.body))
    assert plain.etag != packed.etag
    assert LONG.digest.encode() == dict(plain.headers)[b"repr-digest"] == dict(packed.headers)[b"repr-digest"]
    assert (None, b"gzip") == tuple(dict(one.headers).get(b"content-encoding") for one in (plain, packed))


def test_what_is_short_is_not_packed() -> None:
    """Its tag is then that of the plain body."""
    assert of_document(SHORT, packed=False) == of_document(SHORT, packed=True)


def test_an_answer_has_the_tag_of_its_content() -> None:
    """The same bytes the same tag, others another one."""
    assert of_answer(b"{}") == of_answer(b"{}")
    assert of_answer(b"{}").etag != of_answer(b"[]").etag


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        (b"gzip", True), (b"br, GZIP;q=0.5", True), (b"*", True), (b"*;q=0, gzip", True), (b"gzip; q=0.001", True),
        (b"", False), (b"br", False), (b"gzip;q=0", False), (b"gzip; q=0.000, *", False), (b"identity", False),
    ],
)  # fmt: skip
def test_gzip_is_sent_to_who_takes_it(accepted: bytes, takes: bool) -> None:
    """By name, else by the star, unless the quality is none (RFC 9110, 12.5.3)."""
    assert takes == takes_gzip(accepted)
