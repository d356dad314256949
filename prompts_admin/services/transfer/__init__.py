"""Many artifacts at once: import of a folder and export into one."""
