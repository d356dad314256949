"""One module per group of commands: each parses its options, calls the client and hands the answer to a view.

What decides whether something is allowed stays on the server.
"""
