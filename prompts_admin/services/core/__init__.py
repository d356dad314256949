"""What use cases share: the work under way, who acts, what an asker may see, paging and input checks.

No use case lives here, and nothing here knows any of the other packages of `services`.
"""
