"""Use cases of releases: proposing, signing, going live, lists and timelines.

`activation` is the only way to live; `transitions` the only way from state to state.
"""
