"""The threads that keep a snapshot fresh: the poller, the stream follower, and the refresher that runs both."""
