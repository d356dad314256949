"""What serving needs of the store: snapshots by scope, admission of tokens, readers and their streams."""
