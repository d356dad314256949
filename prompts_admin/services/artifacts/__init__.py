"""Use cases of artifacts: saving, drafts, comparing, history, search, archiving and copying."""
