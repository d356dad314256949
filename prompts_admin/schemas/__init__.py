"""The documents that operations answer, one module per noun; they describe, nothing is converted by them.

A document may get new fields at any time; those listed here stay.
"""
