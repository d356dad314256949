"""How the client gets bytes: over HTTP, from a stream, from a published folder, with pauses between tries.

What the bytes mean belongs to `snapshots`.
"""
