"""Trying a prompt against a model before it is saved or released."""
