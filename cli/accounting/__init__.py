"""Reading a request log: map, files or table, and the one pass that leaves its sums."""
