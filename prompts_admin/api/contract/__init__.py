"""What every operation of the API shares: its row, its call, and how a request is read and refused.

No operation lives here; those are in `resources`.
"""
