"""From rows to a posterior, and what to believe of it."""
