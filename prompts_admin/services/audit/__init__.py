"""What the audit says: reading, verifying and exporting its chain."""
