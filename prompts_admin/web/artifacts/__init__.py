"""Pages of artifacts: overview, the artifact's own page, versions, comparison, timeline, search."""
