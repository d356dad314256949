"""The snapshot in memory and the answers made from it.

What may live here: holding, scoping and encoding snapshots, answering from them, the open streams, and the readers
that were heard. No SQL, no Flask and no rule: who gets what is decided in `domain`,
and where a snapshot is loaded from comes in as a function.
"""
