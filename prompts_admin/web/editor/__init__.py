"""The editor's page: the form, drafts, who else edits, starter texts and trying."""
