"""Pages of people: signing in, one's own account, the directory, tokens."""
