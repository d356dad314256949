"""Pages of releases: lists, the release itself, proposing, reviewing, deciding, restoring."""
