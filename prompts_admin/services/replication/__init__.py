"""What goes on from the store to elsewhere: the git mirror's commits and published snapshots."""
