"""Prompts and answers in tokens: named, traced, and those that a benchmark has rows of."""
