"""What is out in the world and was made with the server's key: made once, read for ever.

These values must not change. A published address, a proof in an open page, a stream's ticket and the token of a
conversation that were made by an earlier version are read by every later one.
"""

from __future__ import annotations

from prompts_admin.publishing.names import is_own, scope_name
from prompts_admin.sdk.conversation_pins import Pin, read_token, token_of
from prompts_admin.services.artifacts.kept_answers import NewExample, proof_of
from prompts_admin.services.serving.stream_tickets import ticket_for
from prompts_admin.settings.table import Settings

KEY = "k" * 40
TOKEN = "pa_0123456789ab_" + "s" * 43


def test_the_name_of_a_published_scope() -> None:
    """The same address for as long as the key stays."""
    name = "d65ecc5bb315f9792fc9ca19f20ff86f2aab0b967b8bb509"
    assert name == scope_name(KEY.encode(), ["b", "a"], "internal")
    assert "48c67deee5f9865604c3302c61097aba1ce84bb96b99b41e" == scope_name(KEY.encode(), None, "pii")
    assert is_own(KEY.encode(), name)


def test_the_proof_of_an_example() -> None:
    """Line ends of a form and half surrogates included."""
    answer, values = "Zürich\r\nok \ud800", {"b": "2", "a": "1\r"}
    new = NewExample(key="support/triage", number=3, model="m-1", answer=answer, values=values)
    proof = "e05a45e056723b5c5f245cd4012d1aeaeb070107c253af1a79c57331efa215ec"
    assert proof == proof_of(Settings(secret_key=KEY), new)


def test_the_ticket_of_a_stream() -> None:
    """With a key of the server's own, and without."""
    begin = "0123456789ab.1800000000"
    assert f"{begin}.FWwEF33jLEm0wIgqIjtXCh-mCSmFhHZVAj9DP7wDkvA" == ticket_for(TOKEN, 1_800_000_000, KEY)
    assert f"{begin}.-sDGPYa5VcEWGjPoRO3U0Tsu7iLiyLRJmT2BIKpBZ5E" == ticket_for(TOKEN, 1_800_000_000, "")


def test_the_token_of_a_conversation() -> None:
    """It needs no key: it names a version, and gets nobody one that is not served."""
    digest = "sha256:0123456789abcdef" + "0" * 48
    token = "p1_c3VwcG9ydC90cmlhZ2VANyMwMTIzNDU2Nzg5YWJjZGVm"
    assert token == token_of("support/triage", 7, digest)
    assert Pin("support/triage", 7, "0123456789abcdef") == read_token(token)
