"""Events from bytes: the same however the bytes are cut, and never half of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.sdk.transport.sse import Event, EventParser, digest_of, fits
from tests.support.lengths import examples

STREAM = (
    b"\xef\xbb\xbf: heartbeat\n\nevent: hello\ndata: {}\nid: a:1\n\n"
    b"event: revision\r\ndata: one\r\ndata: two\r\ncolour: blue\r\ndigest: sha-256=:x:\r\nretry: 2500\r\n\r\n"
    b"data:plain\rdata\r\revent: nothing\n\n"
)
EVENTS = [
    Event("hello", b"{}"),
    Event("revision", b"one\ntwo", "sha-256=:x:"),
    Event("message", b"plain\n"),
]


@examples(150)
@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    """LF, CR LF and CR end lines, a byte order mark is skipped, unknown fields and comments are ignored."""
    parser, found, start = EventParser(), [], 0
    for cut in [*sorted(cuts), len(STREAM)]:
        found += parser.feed(STREAM[start:cut])
        start = cut
    assert EVENTS == found
    assert parser.retry == 2.5


def test_F18_a_partial_event_is_never_given_out() -> None:
    """Until the empty line came, there is no event."""
    parser = EventParser()
    assert [] == parser.feed(b"event: revision\ndata: {}\n")
    assert [Event("revision", b"{}")] == parser.feed(b"\n")


@pytest.mark.parametrize("piece", [b"x" * 100, b"data: " + b"x" * 90, b"data: x\n" * 90, b"data:\n" * 12])
def test_an_event_beyond_the_bound_is_refused(piece: bytes) -> None:
    """Neither one endless line nor endless lines fill the memory."""
    parser = EventParser(most_bytes=80)
    with pytest.raises(ValueError, match="80 bytes"):
        for _ in range(9):
            parser.feed(piece)


def test_digests_are_told_as_by_the_server() -> None:
    """An event that was changed on the way is not whole; one without digest cannot be told."""
    assert Event("revision", b"{}", digest_of(b"{}")).is_whole
    assert not Event("revision", b"{ }", digest_of(b"{}")).is_whole
    assert Event("revision", b"{}").is_whole
    assert fits(b"{}", f"md5=:x:, {digest_of(b'{}')}")
    assert fits(b"{}", None)
    assert not fits(b"{ }", digest_of(b"{}"))
