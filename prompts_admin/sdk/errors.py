"""What a caller of the SDK may have to catch. No failure of the server or the network is among it.

SdkError
├── NotFound     (LookupError)  no value is known: not live for this user, unknown, or hidden from the token
├── NotReady     (RuntimeError) `on_start="fail"`, and the server was not reached in time
└── RenderError  (ValueError)   the variables given do not fit the prompt
"""

from __future__ import annotations


class SdkError(Exception):
    """Any error of the SDK."""


class NotFound(SdkError, LookupError):
    """No value is known and the call gave no default; `reason` is DISABLED when it is switched off."""

    def __init__(self, key: str, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.key = key
        self.reason = reason


class NotReady(SdkError, RuntimeError):
    """The server gave no snapshot in time, and the program said that it would rather not start."""


class RenderError(SdkError, ValueError):
    """A variable is missing or wrong; `code` says how (`missing_variable`, `wrong_type` ...), `name` which."""

    def __init__(self, code: str, name: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.name = name
