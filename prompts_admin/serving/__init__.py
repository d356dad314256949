"""The snapshot in memory and the answers made from it.

What may live here: holding, scoping and encoding snapshots, answering from them, and (later) the asynchronous
handlers for streams, hot reads and OFREP. No SQL, no Flask and no rule: who gets what is decided in `domain`,
and where a snapshot is loaded from comes in as a function.
"""
