"""OFREP on the event loop: one flag, all flags, their streams, and what browsers of other origins may ask."""
