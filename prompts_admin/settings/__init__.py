"""The settings: one table of names, defaults and help, and how they are read from the environment."""
