"""The operations, one module per noun: each reads a request, calls one use case and answers a document."""
