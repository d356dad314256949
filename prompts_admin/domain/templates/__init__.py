"""Templates: parsing, declared variables, rendering, and how a value becomes text.

Shared with the SDK; the vectors in `vectors/template.json` say what other languages must agree with.
"""
