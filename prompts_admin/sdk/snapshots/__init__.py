"""Snapshots in memory, on disk and in files, and what changed between two of them."""
