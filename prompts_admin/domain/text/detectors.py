"""The detectors of detect-secrets that know a form, used without its settings, which are one per process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

# Left out: entropy and words near an equals sign (false alarms in prose), addresses (no credentials), and
# the forms of npm, OpenAI and JSON Web Tokens, which take quadratic time on a long line and stand in
# `secrets` instead.
_DETECTORS = {
    "artifactory": "ArtifactoryDetector",
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "basic_auth": "BasicAuthDetector",
    "cloudant": "CloudantDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "ibm_cloud_iam": "IbmCloudIamDetector",
    "ibm_cos_hmac": "IbmCosHmacDetector",
    "mailchimp": "MailchimpDetector",
    "private_key": "PrivateKeyDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "softlayer": "SoftlayerDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector",
    "twilio": "TwilioKeyDetector",
}


def find_known(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, secret) for each credential of a known form in `text`."""
    for detector in _detectors():
        for secret in detector.analyze_string(text):
            yield detector.secret_type, secret


@cache
def _detectors() -> tuple[Any, ...]:
    """Load the library when a text first needs it: that takes a quarter of a second."""
    return tuple(
        getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
        for module, name in _DETECTORS.items()
    )
