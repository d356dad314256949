"""Pages of what happens after "live": readers and the audit."""
