"""prompts-admin: the release manager for prompts and model configurations.

Server, rules and SDK live here; the command line is `prompts_cli`.
"""
