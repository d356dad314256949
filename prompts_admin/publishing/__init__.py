"""Published snapshots: their names, their pointers, and the targets that they are written to.

What may live here: how files are named, laid out, written and deleted at a folder or an object store. No SQL, no
Flask and no rule of who sees what: which bytes belong under which name comes in from `services`.
"""
