"""``make bench``: figures of speed and size of the running product; see docs/benchmarks.md."""
