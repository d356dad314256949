"""The rules as pure functions: values in, values out.

No I/O, no clock, no random and no import of any other package of this product may live here; time and ids
come in as arguments. `template`, `rendering`, `printing`, `stages` and what else the SDK shares import the
standard library only.
"""
