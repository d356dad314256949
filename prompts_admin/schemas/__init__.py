"""The documents that operations answer and use cases return, one module per noun: TypedDicts, nothing is converted.

A document may get new fields at any time; those listed here stay. The OpenAPI document is made from them.
"""
