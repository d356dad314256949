"""The process: settings in, one program out. `bootstrap` is the place where things are put together.

No rule, no page and no operation may live here.
"""
