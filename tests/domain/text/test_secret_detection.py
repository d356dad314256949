"""Credentials of known kinds are found where they stand, prose is left in peace."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prompts_admin.domain.text.secret_detection import find_secrets

# Put together here, so that no scanner takes this file for a leak.
BODY = "abcdEFGH" + "01234567" + "ijklMNOP" + "89012345" + "qrst"
SECRETS = {
    "OpenAI key": ("sk-" + "proj-" + BODY, "sk-" + BODY, "sk-" + "svcacct-" + BODY),
    "Anthropic key": ("sk-" + "ant-api03-" + BODY,),
    "OpenRouter key": ("sk-" + "or-v1-" + BODY.lower(),),
    "Google API key": ("AIza" + BODY[:35],),
    "GitHub Token": ("ghp_" + BODY[:36], "github_pat_" + BODY),
    "Hugging Face token": ("hf_" + BODY,),
    "AWS Access Key": ("AKIA" + "ABCDEFGHIJKLMNOP",),
    "Slack Token": ("xoxb-" + "123456789012-" + BODY.lower(),),
    "Stripe Access Key": ("sk_" + "live_" + BODY[:24],),
    "Private Key": ("-----BEGIN RSA " + "PRIVATE KEY-----",),
    "JSON Web Token": ("eyJ" + BODY + ".eyJ" + BODY + "." + BODY,),
    "prompts-admin token": ("pa_" + "0123456789ab_" + BODY,),
    "Basic Auth Credentials": ("postgres://app:" + "hunter22@db.example.com/x",),
    "password or key in quotes": (
        'password = "' + 'hunter2"',
        "api_key: '" + BODY[:8] + "'",
        '"secret": "' + 'abcXYZ"',
    ),
    "password or key after its name": ("password: " + "Tr0ub4dor", "API-Key=" + BODY[:12]),
    "Bearer token": ("Authorization: Bearer " + BODY,),
}
HARMLESS = (
    "Never ask for a password: it is private.",
    "password: {{password}}",
    'password = "{{password}}"',
    "https://{{user}}:{{password}}@db.example.com",
    '{"password": "string", "token": "<token>", "secret": "..."}',
    'password = "your-password-here"',
    "api_key = '***'",
    "Ask for the API key: step 2 of the guide.",
    "sk-learn is a library; so is scikit-learn-extra-contrib.",
    "Order 12345678901234567890 was charged on 2026-12-20T00:00:00Z.",
    "See https://example.com/a-long/path-of-words/with_3_numbers?x=1",
    "sha256:" + "0" * 64,
    'You are a helpful assistant. Answer in JSON: {"queue": "billing", "key": 1}',
    "e-mail: ana@example.com, IBAN DE89370400440532013000",
)


@pytest.mark.parametrize(("rule", "secret"), [(rule, one) for rule in SECRETS for one in SECRETS[rule]])
def test_S38_a_credential_is_found_at_its_place(rule: str, secret: str) -> None:
    """Each known kind is found alone and within a prompt, with line and column and without the value."""
    assert rule in [found.rule for found in find_secrets(secret)]
    text = f"You are {{{{name}}}}.\n\nUse this:   {secret}\nand be kind."
    found = find_secrets(text)
    assert rule in [one.rule for one in found]
    assert {one.line for one in found} == {3}
    assert all(one.column > 12 for one in found)
    assert secret[-8:] not in repr(found)


@pytest.mark.parametrize("text", HARMLESS)
def test_prose_tags_and_placeholders_are_no_credentials(text: str) -> None:
    """A prompt that speaks of passwords can be saved."""
    assert find_secrets(text) == ()


def test_the_sample_prompts_hold_none() -> None:
    """What ships with the product raises no alarm."""
    for path in Path(__file__).parents[3].joinpath("prompts").rglob("*.yaml"):
        assert find_secrets(path.read_text(encoding="utf-8")) == ()


def test_no_more_than_fifty_are_listed() -> None:
    """A text full of keys is refused as well as one with a single key."""
    assert len(find_secrets("\n".join(SECRETS["OpenAI key"][0] for _ in range(500)))) == 50


def test_several_threads_find_the_same() -> None:
    """The settings of the library, one per process, are not used."""
    texts = [f"a\n{secret}" for secrets in SECRETS.values() for secret in secrets]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(find_secrets, texts * 5)) == [find_secrets(text) for text in texts * 5]


def test_an_ordinary_prompt_costs_little() -> None:
    """Two kilobytes are looked through in far less than five milliseconds."""
    text = "You route support tickets to the queue that fits, by these 12 rules: be kind, be brief.\n" * 24
    find_secrets(SECRETS["GitHub Token"][0])
    begun = time.thread_time()
    for _ in range(20):
        find_secrets(text)
    assert time.thread_time() - begun < 20 * 0.02


@pytest.mark.parametrize(
    "piece",
    [
        "sk-",
        "eyJ",
        "password = ",
        "password='",
        "://a:",
        "//",
        "Bearer ",
        "a1" * 20 + " ",
        "aws",
        " ",
        "key =",
    ],
)
def test_S35_hostile_texts_take_no_time(piece: str) -> None:
    """No form goes through a long line again and again."""
    begun = time.thread_time()
    find_secrets("password" + piece * (300_000 // len(piece)))
    assert time.thread_time() - begun < 3
