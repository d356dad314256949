"""Use cases of features: title, owner and runbook, and the documents that show them."""
