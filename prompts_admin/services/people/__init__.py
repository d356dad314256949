"""Use cases of people: accounts, signing in, sessions, tokens, links and succession."""
