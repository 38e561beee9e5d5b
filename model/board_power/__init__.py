"""Power of accelerators' boards: rows, fit, and draws of what was not measured."""
