"""Rows of releases: items, states, sign-offs, what is live, history, and settings changes."""
