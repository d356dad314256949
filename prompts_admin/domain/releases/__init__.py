"""Rules of releases: states, sign-off policy, stage order, what turns stale, rollback, undo and restore.

Pure functions over values; which rows these values come from is the business of `services` and `store`.
"""
