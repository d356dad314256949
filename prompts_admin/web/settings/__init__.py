"""Pages of settings: features, policies and audiences as proposed changes."""
