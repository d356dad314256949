"""Help pages, the handbook and the tour."""
