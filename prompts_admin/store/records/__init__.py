"""Rows that only grow or wait: audit entries, the outbox, answers kept for repeated requests."""
