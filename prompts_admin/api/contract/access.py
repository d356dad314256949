"""Who may call an operation at all, where no action of the permissions says it."""

from __future__ import annotations

ANYBODY = "anybody"
"""No sign-in is asked for: for signing in and for the description of the API."""
SIGNED_IN = "signed_in"
"""Any valid token or session; the use case looks at whom it concerns."""
