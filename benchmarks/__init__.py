"""Measurements that print figures: each module runs by `python -m benchmarks.NAME`, with --help and a bound in time.

Nothing here is imported by the product or decides whether a change lands.
"""
