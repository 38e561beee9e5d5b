"""What reports say: briefings, annexes, totals of a year."""
