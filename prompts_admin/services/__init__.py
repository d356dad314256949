"""One function per use case: load, decide by the domain, save; the faces call them and nothing below.

A use case takes the `Work` under way and plain values, and returns JSON-able answers. It never commits,
knows no HTTP and no SQL.
"""
