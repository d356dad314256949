"""Prompt files and settings files: parsed YAML in, checked fields out, and back.

How YAML itself is read and written belongs to `yaml_text`, what a field may say to `content`.
"""
