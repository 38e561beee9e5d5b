"""Benchmark rows to watt-hours per query: cost law, posterior, frontier, draws."""
