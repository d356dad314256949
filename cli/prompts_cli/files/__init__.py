"""Prompt files on the user's disk: finding, importing, exporting and editing them."""
