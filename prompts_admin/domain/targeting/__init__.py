"""Who gets what: audiences, conditions, buckets and the rulesets of a snapshot, decided for one context.

Shared with the SDK, so only the standard library and `mmh3` may be imported.
"""
