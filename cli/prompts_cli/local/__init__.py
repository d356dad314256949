"""The local mode: the application inside of this process over a data folder, its schema and its restore."""
