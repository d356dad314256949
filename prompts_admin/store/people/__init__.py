"""Rows of people: users, grants, tokens, sessions, one-time links, and the readers that tokens run."""
