"""What may be set for a feature and for the workspace: one row for each setting, and how its value is read.

Who signs a change and what it makes stale is decided in `releases`, by these rows; files are read in `files`.
"""
