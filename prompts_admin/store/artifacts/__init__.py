"""Rows of features, artifacts, versions, drafts and examples, and the words that search finds them by."""
