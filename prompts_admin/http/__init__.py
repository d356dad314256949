"""What pages and API share of the web: who asks, forged requests, headers, limits, the request log, counters.

No page, no operation, no SQL and no rule of the product may live here.
"""
