"""Energy of requests: one response, and a log of any size."""
