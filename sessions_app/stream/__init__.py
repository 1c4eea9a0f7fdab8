"""Live metrics for those who watch: bars in a ring, their history, and their stream."""
