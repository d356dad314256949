"""The command line: it parses, speaks HTTP to a server or to the application in its own process, and prints.

No rule of the product lives here. Server code, rich and the HTTP client are imported inside functions only, so
that `--help` and remote commands start fast.
"""
