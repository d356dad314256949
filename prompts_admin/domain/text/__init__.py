"""Rules over plain text: merging, common runs, invisible characters and credentials.

Nothing here knows what a prompt or a version is.
"""
