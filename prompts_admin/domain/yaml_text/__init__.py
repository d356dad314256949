"""YAML as text: reading it into plain JSON values with lines, and writing values so that they read back
exactly.

What the fields of a file mean does not belong here.
"""
