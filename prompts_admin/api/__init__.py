"""The REST API: one table of operations that feeds routing, validation, OpenAPI and the documentation.

Modules here parse a request, call one use case or query of `services` and shape the answer. No rule, no SQL.
"""

from prompts_admin.api.routes import register

__all__ = ["register"]
