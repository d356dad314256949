"""The only place that knows SQL: schema, engine, unit of work, and functions that read and write rows.

Functions take a connection and plain values; no rule of the product is decided here.
"""
