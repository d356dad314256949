"""The client for programs that serve users: decides locally from a snapshot, and keeps answering.

What may live here: the client, how it keeps its snapshot fresh, what it answers with, and a helper for tests.
It stands on `prompts_admin.domain`, `mmh3` and `urllib3` alone, since it goes into other people's programs.
"""

from prompts_admin.sdk.answers import Model, ModelSettings, Prompt
from prompts_admin.sdk.client import Client
from prompts_admin.sdk.errors import NotFound, NotReady, RenderError, SdkError

__all__ = ["Client", "Model", "ModelSettings", "NotFound", "NotReady", "Prompt", "RenderError", "SdkError"]
