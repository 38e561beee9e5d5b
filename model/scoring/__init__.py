"""Answers against what was held out, left out and published."""
