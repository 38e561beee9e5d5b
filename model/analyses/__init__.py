"""What widens an answer, what would narrow it, and how answers differ."""
