"""The threads that keep a snapshot fresh: streaming, polling, and which revision is announced but not here yet."""
