"""The database itself: engine, unit of work, migrations, triggers, named locks, prepared statements, errors.

No table of the product is read or written here, but for the one row of the workspace.
"""
